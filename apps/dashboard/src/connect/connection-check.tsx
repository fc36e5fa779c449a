import { useState } from 'preact/hooks';
import { urlOf } from '../api/gateway-address.js';
import { useSettings } from '../texts/settings.js';

const PATIENCE_MS = 8_000;

interface Finding {
  readonly path: string;
  readonly ms: number;
  /** Undefined where all is well. */
  readonly problem: string | undefined;
}

/** Asks what Claude Code asks first, as this user. */
export function ConnectionCheck({ user }: { readonly user: string }) {
  const { texts, format } = useSettings();
  const { connect } = texts;
  const [findings, setFindings] = useState<readonly Finding[]>();
  const [isBusy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    const prefix = user === '' ? '' : `user/${encodeURIComponent(user)}/`;
    setFindings(await Promise.all(['health', `${prefix}api/hello`].map(look)));
    setBusy(false);
  };
  const isFine = findings?.every(({ problem }) => problem === undefined);
  return (
    <div class="check">
      <button type="button" class="button is-primary" disabled={isBusy} onClick={() => void check()}>
        {isBusy ? connect.checking : connect.check}
      </button>
      <div role="status">
        {findings && (
          <>
            <p class={isFine ? 'is-well' : 'is-trouble'}>{isFine ? connect.allFine : connect.notAllFine}</p>
            <ul>
              {findings.map(({ path, ms, problem }) => (
                <li key={path}>
                  <code>/{decodeURIComponent(path)}</code>{' '}
                  {problem === undefined ? connect.fine(format.milliseconds(ms)) : connect.notFine(problem)}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}

async function look(path: string): Promise<Finding> {
  const startedAt = performance.now();
  try {
    const response = await fetch(urlOf(path), { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.arrayBuffer();
    const problem = response.ok ? undefined : `${response.status} ${response.statusText}`.trim();
    return { path, ms: performance.now() - startedAt, problem };
  } catch (error) {
    return { path, ms: performance.now() - startedAt, problem: (error as Error).message };
  }
}
