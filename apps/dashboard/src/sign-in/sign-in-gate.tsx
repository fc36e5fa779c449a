import type { Session } from '@claude-proxy/admin-api';
import { AdminApiError } from '@claude-proxy/admin-client';
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { gateway, onSignedOut } from '../api/gateway.js';
import { Loading } from '../parts/load-state.js';
import type { Viewer } from '../role.js';
import { takeLinkCode } from './link-code.js';
import { SignIn } from './sign-in.js';

const RETRY_MS = 5_000;

interface SignInGateProps {
  /** Undefined where there is nothing to sign out of. */
  children(signOut: (() => void) | undefined, viewer: Viewer): ComponentChildren;
}

/** Shows the page to operators, viewers and users, and the sign-in to all others. */
export function SignInGate({ children }: SignInGateProps) {
  const [session, setSession] = useState<Session>();
  const [isAway, setAway] = useState(false);
  const [linkError, setLinkError] = useState<AdminApiError>();

  const look = useCallback(async () => {
    try {
      setSession(await gateway.session());
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
      await gateway.signOut().catch(() => undefined);
      await look();
    };
    const { needs_token: isSession, role = 'admin', team = null, version } = session;
    const viewer = { role, team, ...(version && { version }) };
    return <>{children(isSession ? () => void signOut() : undefined, viewer)}</>;
  }
  if (!session && !isAway) return <Loading lines={1} />;
  return <SignIn session={session} isAway={isAway} linkError={linkError} onSignedIn={look} />;
}

async function errorOfSignIn(token: string): Promise<AdminApiError | undefined> {
  try {
    await gateway.signIn(token);
    return undefined;
  } catch (error) {
    return error instanceof AdminApiError ? error : new AdminApiError(0, String(error));
  }
}
