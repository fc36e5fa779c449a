import type { Me } from '@claude-proxy/admin-api';
import { BudgetTable } from '../access/budget-table.js';
import { usePolled } from '../api/use-polled.js';
import { Countdown } from '../limits/countdown.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import type { Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { UserFigures } from '../users/user-page.js';
import { OwnKeys } from './own-keys.js';
import { OwnSessions } from './own-sessions.js';

const REFRESH_SECONDS = 30;

/** A user's own view: what is left, what is limited, what was used, and the last requests. */
export function MePage({ route }: { readonly route: Route }) {
  const me = usePolled('me', REFRESH_SECONDS, (gateway, signal) => gateway.me(signal));
  return <Loaded of={me}>{(data) => <OwnView me={data} route={route} onChange={me.refresh} />}</Loaded>;
}

interface OwnViewProps {
  readonly me: Me;
  readonly route: Route;
  onChange(): void;
}

function OwnView({ me, route, onChange }: OwnViewProps) {
  const { texts } = useSettings();
  const { access } = texts;
  const budgets = usePolled('own budgets', REFRESH_SECONDS, (gateway, signal) => gateway.budgets(signal));
  const limits = usePolled('own limits', REFRESH_SECONDS, (gateway, signal) => gateway.limits(signal));
  return (
    <>
      <header class="page-head">
        <div>
          <h1 class="clip">{me.user ?? texts.pages.me}</h1>
          {me.team !== null && <p class="lead">{access.ofTeam(me.team)}</p>}
        </div>
        <Freshness of={budgets} />
      </header>
      <div class="columns">
        <section class="panel is-table" aria-labelledby="own-budgets">
          <h2 id="own-budgets">{access.budgets}</h2>
          <Loaded of={budgets} lines={2}>
            {({ budgets: list }) =>
              list.length === 0 ? <Empty title={access.noOwnBudget} /> : <BudgetTable budgets={list} />
            }
          </Loaded>
        </section>
        <section class="panel" aria-labelledby="own-limits">
          <h2 id="own-limits">{access.ownLimits}</h2>
          <Loaded of={limits} lines={1}>
            {({ limits: list }) =>
              list.length === 0 ? (
                <p class="muted">{access.notLimited}</p>
              ) : (
                <ul class="pulse-lines">
                  {list.map(({ scope, seconds_left }) => (
                    <li key={scope}>
                      <span class="clip">{scope}</span>
                      {seconds_left === null ? (
                        texts.limits.untilPaid
                      ) : (
                        <Countdown
                          secondsLeft={seconds_left}
                          asOf={limits.updatedAt ?? Date.now()}
                          onOver={limits.refresh}
                        />
                      )}
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
      </div>
      {me.user !== null && <UserFigures route={route} user={me.user} />}
      {me.user !== null && <OwnSessions user={me.user} />}
      <OwnKeys me={me} onChange={onChange} />
    </>
  );
}
