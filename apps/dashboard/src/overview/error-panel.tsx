import type { Analytics, ErrorCount } from '@claude-proxy/admin-api';
import { TableHead } from '../parts/table-head.js';
import { hashOf } from '../route.js';
import { useSettings } from '../texts/settings.js';
import { requestsBetween } from './requests-behind.js';

interface ErrorPanelProps {
  readonly analytics: Analytics;
  readonly narrowing: Readonly<Record<string, string>>;
}

/** The errors of the time by status and reason; each leads to its requests. */
export function ErrorPanel({ analytics, narrowing }: ErrorPanelProps) {
  const { texts, format } = useSettings();
  const { errors, since, until } = analytics;
  if (errors.length === 0) return <p class="muted">{texts.overview.noErrors}</p>;
  const link = (error: ErrorCount) =>
    hashOf('requests', undefined, {
      ...narrowing,
      ...requestsBetween(since, until),
      errors: 'true',
      ...(error.status > 0 && { status: String(error.status) }),
    });
  return (
    <table class="top-list">
      <TableHead
        columns={[[texts.overview.reason], [texts.requests.status, 'number'], [texts.overview.requests, 'number']]}
      />
      <tbody>
        {errors.map((error) => (
          <tr key={`${error.status} ${error.reason}`}>
            <th scope="row">
              <a href={link(error)}>{reasonText(error, texts.overview.reasons)}</a>
            </th>
            <td class="number">{error.status}</td>
            <td class="number">{format.integer(error.requests)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A 429 of the gateway itself is a throttle, a budget or a limit of a key. */
function reasonText({ status, reason }: ErrorCount, reasons: Readonly<Record<string, string>>): string {
  const name = reason === 'gateway' && status === 429 ? 'throttled' : reason;
  return Object.hasOwn(reasons, name) ? reasons[name]! : name;
}
