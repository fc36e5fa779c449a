import type { AuditEntry } from '@claude-proxy/admin-api';
import { useState } from 'preact/hooks';
import { usePolled } from '../api/use-polled.js';
import type { Format } from '../format/create-format.js';
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
  const { texts, format } = useSettings();
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
            <td class="wraps">
              <Moment time={at} isLong />
            </td>
            <Cell text={act} />
            <Cell text={target ?? ''} />
            <Cell text={actor.name === null ? actor.kind : `${actor.kind} ${actor.name}`} where="middle-cell" />
            <Cell text={detailsText(details, format)} where="wide-cell" />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface CellProps {
  readonly text: string;
  readonly where?: string;
}

function Cell({ text, where }: CellProps) {
  return (
    <td class={where}>
      <span class="clip" title={text}>
        {text}
      </span>
    </td>
  );
}

function detailsText(details: AuditEntry['details'], format: Format): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${name === 'until' ? format.dateTime(Number(value)) : value}`)
    .join(', ');
}
