import type { MaskingAlarm, MaskingRules, MaskingUser } from '@claude-proxy/admin-api';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { useMayAct } from '../role.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { PreviewBox } from './preview-box.js';

const REFRESH_SECONDS = 15;

/** What is masked, what it would make of a text, and which keys were seen. */
export function MaskingPage() {
  const { texts, format } = useSettings();
  const mayAct = useMayAct();
  const rules = usePolled('masking', REFRESH_SECONDS, (gateway, signal) => gateway.maskingRules(signal));
  return (
    <>
      <header class="page-head">
        <h1>{texts.pages.masking}</h1>
        <Freshness of={rules} />
      </header>
      <Loaded of={rules} lines={8}>
        {(data) => (
          <>
            <p class="lead">{texts.masking.state[data.masking]}</p>
            {data.figures.blobs > 0 && (
              <p class="notice is-warning">
                {texts.masking.blobs(data.figures.blobs, format.integer(data.figures.blobs))}
              </p>
            )}
            <div class="columns">
              {mayAct && <PreviewBox />}
              <section class="panel" aria-labelledby="masking-alarms">
                <h2 id="masking-alarms">{texts.masking.alarms}</h2>
                <p class="lead">{texts.masking.alarmsLead}</p>
                <Alarms alarms={data.figures.alarms} />
              </section>
            </div>
            <section class="panel is-table" aria-labelledby="masking-users">
              <h2 id="masking-users">{texts.masking.users}</h2>
              <Users users={data.figures.by_user} />
            </section>
            <section class="panel is-table" aria-labelledby="masking-rules">
              <h2 id="masking-rules">{texts.masking.rules}</h2>
              <p class="lead">{texts.masking.rulesLead}</p>
              <RuleTable rules={data} />
            </section>
          </>
        )}
      </Loaded>
    </>
  );
}

function Alarms({ alarms }: { readonly alarms: readonly MaskingAlarm[] }) {
  const { texts, format } = useSettings();
  if (alarms.length === 0) return <p class="muted">{texts.masking.noAlarms}</p>;
  return (
    <ul class="pulse-lines masking-alarms">
      {alarms.map(({ rule, user, request, at, requests }) => (
        <li key={`${request} ${rule}`}>
          <a class="quiet" href={hashOf('masking', undefined, { open: request })}>
            <Moment time={at} />
          </a>
          <span class="clip">{user}</span>
          <span class="tag">{rule}</span>
          <span class="muted">{texts.masking.requests(requests, format.integer(requests))}</span>
        </li>
      ))}
    </ul>
  );
}

function Users({ users }: { readonly users: readonly MaskingUser[] }) {
  const { texts, format } = useSettings();
  if (users.length === 0) return <Empty title={texts.masking.noUsers} />;
  return (
    <table class="rows">
      <TableHead
        columns={[
          [texts.masking.user],
          [texts.masking.masked, 'number'],
          [texts.masking.restored, 'number'],
          [texts.masking.left, 'number'],
        ]}
      />
      <tbody>
        {users.map(({ user, masked, restored, left }) => (
          <tr key={user}>
            <td>
              <span class="clip">{user}</span>
            </td>
            <td class="number">{format.integer(masked)}</td>
            <td class="number">{format.integer(restored)}</td>
            <td class="number">{format.integer(left)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RuleTable({ rules: { rules, own_rules, figures } }: { readonly rules: MaskingRules }) {
  const { texts, format } = useSettings();
  const rows = [
    ...rules.map(({ name, examples, look_alikes, is_on }) => ({
      name,
      example: examples[0] ?? '',
      lookAlike: look_alikes[0] ?? '',
      note: is_on ? '' : texts.masking.off,
    })),
    ...own_rules.map((name) => ({ name, example: '', lookAlike: '', note: texts.masking.own })),
  ];
  return (
    <table class="rows">
      <TableHead
        columns={[
          [texts.masking.rule],
          [texts.masking.example, 'wide-cell'],
          [texts.masking.lookAlike, 'wide-cell'],
          [texts.masking.masked, 'number'],
          [texts.masking.restored, 'number wide-cell'],
        ]}
      />
      <tbody>
        {rows.map(({ name, example, lookAlike, note }) => (
          <tr key={name}>
            <td class="masking-rule">
              {name} {note !== '' && <span class="tag">{note}</span>}
            </td>
            <td class="wide-cell masking-sample">
              <code>{example}</code>
            </td>
            <td class="wide-cell masking-sample">
              <code>{lookAlike}</code>
            </td>
            <td class="number">{format.integer(figures.by_rule[name]?.masked ?? 0)}</td>
            <td class="number wide-cell">{format.integer(figures.by_rule[name]?.restored ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
