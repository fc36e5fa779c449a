import { useState } from 'preact/hooks';
import { useSettings } from '../texts/settings.js';

/** Does work of the admin API, and shows its result or its failure. */
export interface Acting {
  readonly message: string;
  /** @returns whether it worked */
  act(work: () => Promise<string | undefined>): Promise<boolean>;
}

/** @param onDone called after each act, whether it worked or not */
export function useActing(onDone: () => void): Acting {
  const { texts } = useSettings();
  const [message, setMessage] = useState('');
  return {
    message,
    async act(work) {
      try {
        setMessage((await work()) ?? '');
        return true;
      } catch (error) {
        setMessage(texts.access.failed((error as Error).message));
        return false;
      } finally {
        onDone();
      }
    },
  };
}
