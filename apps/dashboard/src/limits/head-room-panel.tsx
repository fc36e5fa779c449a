import { Room } from '../accounts/room.js';
import { shareOf, tightestWindow } from '../accounts/tightest-window.js';
import { usePolled } from '../api/use-polled.js';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';

const REFRESH_SECONDS = 10;
/** The page of accounts has all. */
const SHOWN = 5;

/** The API keys of the gateway whose limits end first. Absent without a key whose limits are known. */
export function HeadRoomPanel() {
  const { texts } = useSettings();
  const words = texts.accounts;
  const accounts = usePolled('accounts', REFRESH_SECONDS, (gateway, signal) => gateway.accounts(signal));
  const tightest = (accounts.data?.accounts ?? [])
    .flatMap((account) => {
      const window = tightestWindow(account);
      return window ? [{ account, until: window.lasts_until ?? Number.POSITIVE_INFINITY, share: shareOf(window) }] : [];
    })
    .sort((a, b) => a.until - b.until || a.share - b.share);
  if (tightest.length === 0) return null;
  return (
    <section class="panel is-table" aria-labelledby="head-room">
      <h2 id="head-room">{words.room}</h2>
      <p class="lead">{texts.limits.roomLead}</p>
      <table class="rows">
        <TableHead columns={[[words.account], [words.room]]} />
        <tbody>
          {tightest.slice(0, SHOWN).map(({ account }) => (
            <tr key={account.id}>
              <th scope="row">
                <a class="clip" href={hashOf('accounts')}>
                  {account.name}
                </a>
              </th>
              <td>
                <Room account={account} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
