import { usePolled } from '../api/use-polled.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { sessionsOf } from './sessions-of.js';

const REFRESH_SECONDS = 30;
/** Of the latest requests: as many as one page of the log has. */
const REQUESTS = 500;
const SHOWN = 8;
const ID_CHARACTERS = 8;

/** The latest sessions of a user, with a link to the requests of each. */
export function OwnSessions({ user }: { readonly user: string }) {
  const { texts, format } = useSettings();
  const { access } = texts;
  const recent = usePolled(`own sessions ${user}`, REFRESH_SECONDS, (gateway, signal) =>
    gateway.requests({ user, limit: REQUESTS }, signal),
  );
  return (
    <section class="panel is-table" aria-labelledby="own-sessions">
      <h2 id="own-sessions">{access.ownSessions}</h2>
      <Loaded of={recent} lines={3}>
        {({ requests }) => {
          const sessions = sessionsOf(requests).slice(0, SHOWN);
          if (sessions.length === 0) return <Empty title={access.noSessions} />;
          const usd = format.usdColumn(sessions.map(({ costUsd }) => costUsd));
          return (
            <table class="rows">
              <TableHead
                columns={[
                  [access.session],
                  [access.time],
                  [access.requests, 'number'],
                  [access.cost, 'number'],
                  [access.cacheShare, 'number middle-cell'],
                ]}
              />
              <tbody>
                {sessions.map(({ id, requests: count, costUsd, cacheShare, lastAt }) => (
                  <tr key={id}>
                    <th scope="row">
                      <a href={hashOf('requests', undefined, { session: id })} title={id}>
                        <code>{id.slice(0, ID_CHARACTERS)}</code>
                      </a>
                    </th>
                    <td>
                      <Moment time={lastAt} isLong />
                    </td>
                    <td class="number">{format.integer(count)}</td>
                    <td class="number">{usd(costUsd)}</td>
                    <td class="number middle-cell">
                      {cacheShare === undefined ? texts.unit.none : format.percent(cacheShare)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </section>
  );
}
