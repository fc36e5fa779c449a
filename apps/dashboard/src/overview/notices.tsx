import type { Notice } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';

/** What an operator has to do something about, one line each. */
export function Notices({ notices }: { readonly notices: readonly Notice[] }) {
  const { texts, format } = useSettings();
  if (notices.length === 0) return null;
  return (
    <ul class="notice is-warning notices" aria-label={texts.notices.label}>
      {notices.map((notice) => (
        <li key={`${notice.kind}:${notice.model}`}>
          {notice.kind === 'unpriced'
            ? texts.notices.unpriced(notice.model, notice.requests, format.integer(notice.requests))
            : texts.notices.modelEnds(notice.model, notice.retires, notice.days, notice.successor)}
        </li>
      ))}
    </ul>
  );
}
