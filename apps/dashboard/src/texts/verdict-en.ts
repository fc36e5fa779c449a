import type { Verdict } from '@claude-proxy/admin-api';
import type { Format } from '../format/create-format.js';

/** A verdict as it is shown. */
export type Sentences = Pick<Verdict, 'headline' | 'note' | 'mend'>;

export const verdictEn = {
  words: {
    waiting: 'Looking …',
    lost: 'Connection lost. Asking …',
    lostNote: 'The live feed has ended.',
    unreachable: 'The gateway does not answer.',
    unreachableNote: 'This page keeps trying. Requests of clients may fail as well.',
    draining: 'This process is being taken out of service.',
    drainingNote: 'It still answers what it has begun. Another one should have taken over.',
    mend: 'What to do:',
  },
  /** The gateway writes its verdict in English. */
  sentences: ({ headline, note, mend }: Verdict, _format: Format): Sentences => ({ headline, note, mend }),
};
