import type { AuditEntry } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import { Freshness } from '../parts/freshness.js';
import { Empty, Loaded } from '../parts/load-state.js';
import { Moment } from '../parts/moment.js';
import { TableHead } from '../parts/table-head.js';
import { useSettings } from '../texts/settings.js';

const REFRESH_SECONDS = 30;
const PAGE = 50;
const MAX = 500;

/** What operators have changed. */
export function AuditPage() {
  const { texts } = useSettings();
  const { access } = texts;
  const [limit, setLimit] = useState(PAGE);
  const audit = usePolled(`audit ${limit}`, REFRESH_SECONDS, (gateway, signal) => gateway.audit({ limit }, signal));
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{texts.pages.audit}</h1>
          <p class="lead">{access.auditLead}</p>
        </div>
        <Freshness of={audit} />
      </header>
      <section class="panel is-table" aria-label={texts.pages.audit}>
        <Loaded of={audit} lines={8}>
          {({ entries, next_cursor }) => (
            <>
              {entries.length === 0 ? <Empty title={access.noActs} /> : <Entries entries={entries} />}
              {next_cursor !== null && limit < MAX && (
                <p class="panel-foot">
                  <button type="button" class="button" onClick={() => setLimit(MAX)}>
                    {access.more}
                  </button>
                </p>
              )}
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const { texts } = useSettings();
  const { access } = texts;
  return (
    <table class="rows">
      <TableHead
        columns={[
          [access.time],
          [access.act],
          [access.target],
          [access.actor, 'middle-cell'],
          [access.details, 'wide-cell'],
        ]}
      />
      <tbody>
        {entries.map(({ id, at, act, actor, target, details }) => (
          <tr key={id}>
            <td>
              <Moment time={at} isLong />
            </td>
            <td class="clip" title={act}>
              {act}
            </td>
            <td class="clip" title={target ?? ''}>
              {target ?? ''}
            </td>
            <td class="middle-cell clip">{actor.name === null ? actor.kind : `${actor.kind} ${actor.name}`}</td>
            <td class="wide-cell clip">
              {Object.entries(details)
                .map(([name, value]) => `${name}: ${value}`)
                .join(', ')}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
