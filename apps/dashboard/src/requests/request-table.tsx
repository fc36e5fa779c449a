import type { RequestLine } from '@claude-proxy/admin-api';
import { Moment } from '../parts/moment.js';
import { UpstreamChip } from '../parts/upstream-chip.js';
import { hashOf, type Route } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { isError } from './filter.js';

interface RequestTableProps {
  readonly lines: readonly RequestLine[];
  readonly route: Route;
  /** Lines that came in while one was looking. */
  readonly fresh?: ReadonlySet<string>;
}

export function RequestTable({ lines, route, fresh }: RequestTableProps) {
  const { texts } = useSettings();
  const { requests } = texts;
  return (
    <table class="rows is-log">
      <thead>
        <tr>
          <th scope="col">{requests.time}</th>
          <th scope="col">{requests.user}</th>
          <th scope="col" class="middle-cell">
            {requests.model}
          </th>
          <th scope="col">{requests.upstream}</th>
          <th scope="col" class="middle-cell">
            {requests.status}
          </th>
          <th scope="col" class="number middle-cell">
            {requests.input}
          </th>
          <th scope="col" class="number middle-cell">
            {requests.output}
          </th>
          <th scope="col" class="number widest-cell" title={requests.cacheHint}>
            {requests.cache}
          </th>
          <th scope="col" class="number wide-cell">
            {requests.cost}
          </th>
          <th scope="col" class="number widest-cell">
            {requests.firstByte}
          </th>
          <th scope="col" class="number middle-cell">
            {requests.total}
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <Row key={line.id} line={line} route={route} isFresh={fresh?.has(line.id) ?? false} />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly line: RequestLine;
  readonly route: Route;
  readonly isFresh: boolean;
}

function Row({ line, route, isFresh }: RowProps) {
  const { texts, format } = useSettings();
  const href = hashOf(route.page, route.argument, { ...Object.fromEntries(route.query), open: line.id });
  const cached = line.cache_read_input_tokens + line.cache_creation_input_tokens;
  return (
    <tr class={isFresh ? 'is-fresh' : undefined} data-exchange={line.id}>
      <td>
        <a class="stretch quiet" href={href} aria-label={texts.requests.open(format.clock(line.started_at), line.user)}>
          <Moment time={line.started_at} />
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
        </span>
      </td>
      <td class="middle-cell">
        <StatusBadge line={line} />
      </td>
      <td class="number middle-cell">{format.integer(line.input_tokens)}</td>
      <td class="number middle-cell">
        {line.is_output_estimated ? '≈ ' : ''}
        {format.integer(line.output_tokens)}
      </td>
      <td class="number widest-cell">{format.integer(cached)}</td>
      <td class="number wide-cell">{line.cost_usd === null ? texts.unit.none : format.usd(line.cost_usd)}</td>
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
