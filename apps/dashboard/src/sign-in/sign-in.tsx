import type { Session } from '@claude-proxy/admin-api';
import type { AdminApiError } from '@claude-proxy/admin-client';
import type { TargetedEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { Mark } from '../parts/icons.js';
import { Preferences } from '../preferences.js';
import { useSettings } from '../texts/settings.js';

interface SignInProps {
  readonly session: Session | undefined;
  readonly isAway: boolean;
  /** Why a sign-in link did not open the page. */
  readonly linkError: AdminApiError | undefined;
  onSignedIn(): Promise<void>;
}

export function SignIn({ session, isAway, linkError, onSignedIn }: SignInProps) {
  const { texts } = useSettings();
  useEffect(() => {
    document.title = `${texts.signIn.title} · ${texts.name}`;
  }, [texts]);
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <p class="brand">
          <Mark />
          {texts.name}
        </p>
        {isAway ? (
          <div role="alert">
            <h1>{texts.signIn.unreachable}</h1>
            <p class="muted">{texts.state.unreachable}</p>
          </div>
        ) : session?.needs_token === false ? (
          <>
            <h1>{texts.signIn.noToken}</h1>
            <p class="muted">{texts.signIn.noTokenText}</p>
            <button type="button" class="button" onClick={() => void onSignedIn()}>
              {texts.signIn.again}
            </button>
          </>
        ) : (
          <TokenForm linkError={linkError} onSignedIn={onSignedIn} />
        )}
      </div>
      <Preferences />
    </main>
  );
}

function TokenForm({ linkError, onSignedIn }: Pick<SignInProps, 'linkError' | 'onSignedIn'>) {
  const { texts, format } = useSettings();
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<string>();
  const linkProblem =
    linkError && (linkError.status === 401 ? texts.signIn.linkOver : texts.signIn.failed(linkError.message));
  const [isTried, setTried] = useState(false);
  const problem = isTried ? error : linkProblem;
  const [isBusy, setBusy] = useState(false);
  useEffect(() => field.current?.focus(), []);

  const reasonOf = (failure: Error): string => {
    const { isUnauthorized, retryAfterSeconds } = failure as Partial<AdminApiError>;
    if (isUnauthorized) return texts.signIn.wrong;
    if (retryAfterSeconds !== undefined) return texts.signIn.tooMany(format.span(retryAfterSeconds));
    return texts.signIn.failed(failure.message);
  };
  const submit = async (event: TargetedEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setTried(true);
    setError(undefined);
    try {
      const token = field.current?.value.trim() ?? '';
      await gateway.signIn(token);
      await onSignedIn();
    } catch (thrown) {
      setError(reasonOf(thrown as Error));
      field.current?.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <h1>{texts.signIn.title}</h1>
      <p class="muted">{texts.signIn.lead}</p>
      <label class="field">
        <span>{texts.signIn.token}</span>
        <input
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          aria-describedby="token-hint token-problem"
          aria-invalid={problem !== undefined}
        />
      </label>
      <p id="token-hint" class="hint">
        {texts.signIn.tokenHint}
      </p>
      <p id="token-problem" class="problem" role="alert">
        {problem}
      </p>
      <button type="submit" class="button is-primary" disabled={isBusy}>
        {texts.signIn.submit}
      </button>
    </form>
  );
}
