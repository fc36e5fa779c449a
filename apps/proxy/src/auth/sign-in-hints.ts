import type { AdminToken } from './admin-token.js';
import { CODE_MINUTES } from './sign-in-codes.js';

/** For a terminal only: a sign-in link and, at the start that created it, the admin token. */
export function signInHints(token: AdminToken, createLink: () => string): string {
  if (!token.exists) return '';
  const link = `\nSign in to the dashboard, once and within ${CODE_MINUTES} minutes\n  ${createLink()}\n`;
  const { source } = token;
  if (source.kind !== 'file' || !source.isNew) return link;
  return `${link}Admin token, shown this once and kept in ${source.path}\n  ${token.reveal()}\n`;
}
