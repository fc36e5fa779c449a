import type { Account } from '@claude-proxy/admin-api';
import { useSettings } from '../texts/settings.js';
import { shareOf, tightestWindow } from './tightest-window.js';

/** What is left of the tightest limit of an account, and until when at the present pace. */
export function Room({ account }: { readonly account: Account }) {
  const { texts, format } = useSettings();
  const words = texts.accounts;
  const window = tightestWindow(account);
  if (!window) return <>{texts.unit.none}</>;
  const { group, kind, lasts_until } = window;
  return (
    <>
      <meter min={0} max={1} low={0.2} optimum={1} value={shareOf(window)} aria-label={words.room} />{' '}
      {format.percent(shareOf(window))}
      <span class="clip sub">
        {lasts_until === null
          ? words.roomOf(group, words.kinds[kind] ?? kind)
          : words.lasts(group, format.clock(lasts_until))}
      </span>
    </>
  );
}
