import { useContext, useState } from 'preact/hooks';
import { gateway } from '../api/gateway.js';
import { urlOf } from '../api/gateway-address.js';
import { usePolled } from '../api/use-polled.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { isOfOneTeam, useMayAct, ViewerContext } from '../role.js';
import { useSettings } from '../texts/settings.js';
import { useActing } from './acting.js';
import { lastMonths } from './last-months.js';
import { Section } from './section.js';
import { TeamForm } from './team-form.js';
import { teamRowsOf } from './team-rows.js';
import { TeamTable } from './team-table.js';

const REFRESH_SECONDS = 30;

/** Teams with their users, and what each has spent in a month. */
export function TeamsSection() {
  const { texts } = useSettings();
  const { access } = texts;
  const mayAct = useMayAct();
  const isPart = isOfOneTeam(useContext(ViewerContext));
  const [month, setMonth] = useState<string>();
  const [changed, setChanged] = useState<string>();
  const teams = usePolled('teams', REFRESH_SECONDS, (client, signal) => client.teams(signal));
  const statement = usePolled(`statement ${month}`, REFRESH_SECONDS, (client, signal) =>
    client.statement(month, signal),
  );
  const { message, act } = useActing(() => {
    teams.refresh();
    statement.refresh();
  });
  const months = lastMonths(Date.now());
  const current = month ?? statement.data?.month ?? months[0]!;
  return (
    <Section id="teams" title={access.teams} lead={access.teamsLead} of={teams} message={message}>
      <div class="bar">
        <label class="field">
          <span>{access.month}</span>
          <select value={current} onChange={({ currentTarget }) => setMonth(currentTarget.value)}>
            {(months.includes(current) ? months : [current, ...months]).map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <a class="button" href={urlOf(`api/budgets/statement?month=${current}&format=csv`).href}>
          {isPart ? access.statementOfTeam : access.statement}
        </a>
      </div>
      {mayAct && (
        <TeamForm
          key={changed}
          team={teams.data?.teams.find(({ name }) => name === changed)}
          onSet={async (team) => {
            const isDone = await act(() => gateway.setTeam(team).then(() => access.teamIsSet(team.name)));
            if (isDone) setChanged(undefined);
            return isDone;
          }}
        />
      )}
      <Loaded of={teams} lines={3}>
        {({ teams: list }) => {
          const rows = teamRowsOf(list, statement.data);
          if (rows.length === 0) return <Empty title={access.noTeams} />;
          const remove = (name: string) => void act(() => gateway.removeTeam(name).then(() => undefined));
          return <TeamTable rows={rows} {...(mayAct && { acts: { change: setChanged, remove } })} />;
        }}
      </Loaded>
    </Section>
  );
}
