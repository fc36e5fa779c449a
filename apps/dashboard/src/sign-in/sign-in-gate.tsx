import type { Session } from '@claude-proxy/admin-api';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { ApiError, callApi, onSignedOut } from '../api/call-api.js';
import { Loading } from '../parts/load-state.js';
import { takeLinkCode } from './link-code.js';
import { SignIn } from './sign-in.js';

const RETRY_MS = 5_000;

interface SignInGateProps {
  /** Undefined where there is nothing to sign out of. */
  children(signOut: (() => void) | undefined): ComponentChildren;
}

/** Shows the page to whom the gateway lets in, and the sign-in to everybody else. */
export function SignInGate({ children }: SignInGateProps) {
  const [session, setSession] = useState<Session>();
  const [isAway, setAway] = useState(false);
  const [linkError, setLinkError] = useState<ApiError>();

  const look = useCallback(async () => {
    try {
      setSession(await callApi<Session>('api/session', { isQuiet: true }));
      setAway(false);
    } catch {
      setAway(true);
    }
  }, []);

  /** A link that is opened in a tab of this page changes nothing but the hash. */
  const enter = useCallback(async () => {
    const code = takeLinkCode();
    if (code === undefined) return;
    setLinkError(await errorOfSignIn(code));
    await look();
  }, [look]);

  useEffect(() => {
    void enter().then(look);
    const onHashChange = () => void enter();
    window.addEventListener('hashchange', onHashChange);
    return () => window.removeEventListener('hashchange', onHashChange);
  }, [enter, look]);
  useEffect(() => onSignedOut(() => void look()), [look]);
  useEffect(() => {
    if (!isAway) return;
    const timer = window.setInterval(() => void look(), RETRY_MS);
    return () => window.clearInterval(timer);
  }, [isAway, look]);

  if (session?.is_signed_in) {
    const signOut = async () => {
      await callApi('api/session', { method: 'DELETE', isQuiet: true }).catch(() => undefined);
      await look();
    };
    return <>{children(session.needs_token ? () => void signOut() : undefined)}</>;
  }
  if (!session && !isAway) return <Loading lines={1} />;
  return <SignIn session={session} isAway={isAway} linkError={linkError} onSignedIn={look} />;
}

async function errorOfSignIn(token: string): Promise<ApiError | undefined> {
  try {
    await callApi('api/session', { method: 'POST', body: { token }, isQuiet: true });
    return undefined;
  } catch (error) {
    return error instanceof ApiError ? error : new ApiError(0, String(error));
  }
}
