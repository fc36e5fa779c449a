import type { SettingsReport, TaskList } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Loaded } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { useReadiness } from '../readiness.js';
import type { Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { nameOfUpstream } from '../upstreams.js';
import { ModelTable } from './model-table.js';
import { SettingTable } from './setting-table.js';

const REFRESH_SECONDS = 60;
const TASKS_SECONDS = 10;

/** What is in force here, and where it comes from. */
export function SettingsPage({ route }: { readonly route: Route }) {
  const { texts } = useSettings();
  const words = texts.setup;
  const report = usePolled('settings', REFRESH_SECONDS, (gateway, signal) => gateway.settings(signal));
  const tasks = usePolled('tasks', TASKS_SECONDS, (gateway, signal) => gateway.tasks(signal));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{texts.pages.settings}</h1>
          <p class="lead">{words.lead}</p>
        </div>
        <Freshness of={report} />
      </header>
      <Loaded of={report} lines={4}>
        {(data) => <Versions report={data} />}
      </Loaded>
      <div class="columns">
        <section class="panel is-table" aria-labelledby="tasks">
          <h2 id="tasks">{words.tasks}</h2>
          <Loaded of={tasks} lines={2}>
            {(data) => <TaskTable list={data} />}
          </Loaded>
        </section>
        <section class="panel is-table" aria-labelledby="upstreams">
          <h2 id="upstreams">{texts.users.upstreams}</h2>
          <UpstreamTable />
        </section>
      </div>
      <Loaded of={report} lines={8}>
        {(data) => (
          <>
            <SettingTable sections={data.sections} route={route} />
            <ModelTable models={data.models} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Versions({ report }: { readonly report: SettingsReport }) {
  const { texts } = useSettings();
  const words = texts.setup;
  return (
    <section class="panel">
      <dl class="facts">
        <div>
          <dt>{words.version}</dt>
          <dd>{report.version}</dd>
        </div>
        <div>
          <dt>Node</dt>
          <dd>{report.node_version}</dd>
        </div>
        <div>
          <dt>{words.started}</dt>
          <dd>
            <Moment time={report.started_at} isLong />
          </dd>
        </div>
        <div>
          <dt>{words.directory}</dt>
          <dd>{report.working_directory}</dd>
        </div>
      </dl>
    </section>
  );
}

function TaskTable({ list }: { readonly list: TaskList }) {
  const { texts, format } = useSettings();
  const words = texts.setup;
  return (
    <>
      <table class="rows">
        <TableHead columns={[[words.host], [words.state], [words.version], [texts.overview.inFlight, 'number']]} />
        <tbody>
          {list.tasks.map((task) => (
            <tr key={task.id}>
              <th scope="row">
                <span class="clip" title={task.host}>
                  {task.host}
                </span>
                {task.is_this && <span class="tag">{words.thisTask}</span>}
              </th>
              <td>{words.states[task.state]}</td>
              <td>{task.version}</td>
              <td class="number">{format.integer(task.in_flight)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {!list.is_complete && <p class="panel-foot">{words.incomplete}</p>}
    </>
  );
}

function UpstreamTable() {
  const { texts } = useSettings();
  const words = texts.setup;
  const { data } = useReadiness();
  return (
    <table class="rows">
      <TableHead columns={[[texts.users.upstream], [words.state], [words.detail]]} />
      <tbody>
        {(data?.upstreams ?? []).map(({ name, usable, detail }) => (
          <tr key={name}>
            <th scope="row">{nameOfUpstream(name, texts)}</th>
            <td>{usable ? words.usable : words.notUsable}</td>
            <td class="wraps">{detail}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
