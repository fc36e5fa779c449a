import type { Session } from '@claude-proxy/admin-api';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { callApi, onSignedOut } from '../api/call-api.js';
import { Loading } from '../parts/load-state.js';
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

  const look = useCallback(async () => {
    try {
      setSession(await callApi<Session>('api/session', { isQuiet: true }));
      setAway(false);
    } catch {
      setAway(true);
    }
  }, []);

  useEffect(() => void look(), [look]);
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
  return <SignIn session={session} isAway={isAway} onSignedIn={look} />;
}
