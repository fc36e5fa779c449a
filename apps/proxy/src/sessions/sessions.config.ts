import { flag } from '../config/kinds.js';
import { type ConfigOf, section, setting } from '../config/section.js';

export const sessionsSection = section('sessions', 'Sessions of clients, and what their prompt caches do.', {
  isTracking: setting(
    'TRACK_SESSIONS',
    flag,
    'Compares the prompts of a session by fingerprints, which are kept in memory, and names the reason of each cache break. Without it sessions are listed without cache breaks.',
    'true',
  ),
});

export type SessionsConfig = ConfigOf<typeof sessionsSection>;
