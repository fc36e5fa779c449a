import { allTokensOfLine, type RequestLine } from '@claude-proxy/admin-api';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Moment } from '../parts/moment.js';
import { UpstreamChip } from '../parts/upstream-chip.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { colourOfUpstream } from '../upstreams.js';
import { isError, type Sorting } from './filter.js';

const RECENT_MS = 12 * 60 * 60 * 1_000;

interface RequestTableProps {
  readonly lines: readonly RequestLine[];
  readonly route: Route;
  /** Lines that came in while one was looking. */
  readonly fresh?: ReadonlySet<string>;
  /** Absent where the list has one order only. */
  readonly sorting?: Sorting;
  onSort?(sorting: Sorting): void;
}

const COLUMNS = [
  { text: 'time', sort: 'time', class: 'is-time' },
  { text: 'user', class: '' },
  { text: 'model', class: 'is-model middle-cell' },
  { text: 'upstream', class: 'is-upstream' },
  { text: 'status', class: 'is-status middle-cell' },
  { text: 'input', class: 'number wide-cell' },
  { text: 'output', class: 'number wide-cell' },
  { text: 'tokens', sort: 'tokens', class: 'number widest-cell', hint: 'tokensHint' },
  { text: 'cost', sort: 'cost', class: 'number middle-cell' },
  { text: 'firstByte', sort: 'first_byte', class: 'number is-first widest-cell' },
  { text: 'total', sort: 'duration', class: 'number middle-cell' },
] as const;
type Column = (typeof COLUMNS)[number];

export function RequestTable({ lines, route, fresh, sorting, onSort }: RequestTableProps) {
  const rows = useRows(lines, route, fresh);
  return (
    <table class="rows is-log">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <Head key={column.text} column={column} sorting={sorting} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>{rows}</tbody>
    </table>
  );
}

type HeadProps = Pick<RequestTableProps, 'sorting' | 'onSort'> & { readonly column: Column };

/** A click sorts by the column, the largest value first; the next one turns the order. */
function Head({ column, sorting, onSort }: HeadProps) {
  const { requests } = useSettings().texts;
  const { sort } = { sort: undefined, ...column };
  const title = 'hint' in column ? requests[column.hint] : undefined;
  if (!sort || !sorting || !onSort) {
    return (
      <th scope="col" class={column.class} title={title}>
        {requests[column.text]}
      </th>
    );
  }
  const isCurrent = sort === (sorting.sort ?? 'time');
  const isAscending = isCurrent && sorting.order === 'asc';
  const next: Sorting = {
    ...(sort !== 'time' && { sort }),
    ...(isCurrent && !isAscending && { order: 'asc' as const }),
  };
  return (
    <th scope="col" class={column.class} aria-sort={isCurrent ? (isAscending ? 'ascending' : 'descending') : 'none'}>
      <button type="button" class="sort" title={title} onClick={() => onSort(next)}>
        {requests[column.text]}
      </button>
    </th>
  );
}

/**
 * Rows whose line has not changed keep their node, so that a new line costs one row and not five hundred. With other texts
 * or in another place, every row is another one.
 */
function useRows(lines: readonly RequestLine[], route: Route, fresh: ReadonlySet<string> | undefined) {
  const { texts, format } = useSettings();
  const { open, ...query } = Object.fromEntries(route.query);
  const place = hashOf(route.page, route.argument, query);
  const known = useMemo(
    () => new Map<string, { readonly row: VNode; readonly look: string }>(),
    [place, texts, format],
  );
  const shown = new Set(lines.map(({ id }) => id));
  for (const id of known.keys()) if (!shown.has(id)) known.delete(id);
  return lines.map((line) => {
    const look = lookOf(line, fresh, open);
    const before = known.get(line.id);
    if (before?.look === look) return before.row;
    const href = hashOf(route.page, route.argument, { ...query, open: line.id });
    const row = <Row key={line.id} line={line} href={href} look={look} />;
    known.set(line.id, { row, look });
    return row;
  });
}

/** More new lines than this only shine: a row that fades is drawn sixty times a second. */
const FADING = 3;

/** A new line shines in the color of the upstream that answered it. */
function lookOf(
  { id, upstream }: RequestLine,
  fresh: ReadonlySet<string> | undefined,
  open: string | undefined,
): string {
  const shine = fresh?.has(id)
    ? `is-fresh of-${colourOfUpstream(upstream)}${fresh.size <= FADING ? ' is-fading' : ''}`
    : '';
  return id === open ? `${shine} is-open` : shine;
}

/** An older time of day needs its day. */
function isRecent({ started_at }: RequestLine): boolean {
  return Date.now() - started_at < RECENT_MS;
}

interface RowProps {
  readonly line: RequestLine;
  readonly href: string;
  readonly look: string;
}

function Row({ line, href, look }: RowProps) {
  const { texts, format } = useSettings();
  return (
    <tr class={look} data-exchange={line.id}>
      <td>
        <a class="stretch quiet" href={href} aria-label={texts.requests.open(format.clock(line.started_at), line.user)}>
          <Moment time={line.started_at} form={isRecent(line) ? 'clock' : 'dayAndMinute'} />
        </a>
      </td>
      <td>
        <span class="clip" title={line.user}>
          {line.user}
        </span>
        <span class="clip sub narrow-cell">{line.model ?? line.operation}</span>
      </td>
      <td class="middle-cell">
        <span class="clip" title={line.model ?? undefined}>
          {line.model ?? <span class="muted">{line.operation}</span>}
        </span>
      </td>
      <td>
        <UpstreamChip name={line.upstream} />
        {line.is_drill && <span class="tag">{texts.requests.drill}</span>}
        <span class="sub narrow-cell">
          <StatusBadge line={line} /> {format.milliseconds(line.duration_ms)}
          {line.cost_usd !== null && ` · ${format.usd(line.cost_usd)}`}
        </span>
      </td>
      <td class="middle-cell">
        <StatusBadge line={line} />
      </td>
      <td class="number wide-cell">{format.integer(line.input_tokens)}</td>
      <td class="number wide-cell">
        {line.is_output_estimated ? '≈ ' : ''}
        {format.integer(line.output_tokens)}
      </td>
      <td class="number widest-cell">{format.compact(allTokensOfLine(line))}</td>
      <td class="number middle-cell">
        {line.cost_usd === null ? texts.unit.none : format.usdOfRequest(line.cost_usd)}
      </td>
      <td class="number widest-cell">
        {line.first_byte_ms === null ? texts.unit.none : format.milliseconds(line.first_byte_ms)}
      </td>
      <td class="number middle-cell">{format.milliseconds(line.duration_ms)}</td>
    </tr>
  );
}

/** The status, and the outcome where it was not an ordinary one. */
export function StatusBadge({ line }: { readonly line: RequestLine }) {
  const { texts } = useSettings();
  const tone = isError(line) ? 'is-trouble' : line.outcome === 'aborted' ? 'is-muted' : 'is-well';
  return (
    <span class={`status ${tone}`} title={texts.outcomes[line.outcome]}>
      {line.status === 0 ? texts.unit.none : line.status}
      {line.outcome !== 'completed' && <span class="unseen"> {texts.outcomes[line.outcome]}</span>}
    </span>
  );
}
