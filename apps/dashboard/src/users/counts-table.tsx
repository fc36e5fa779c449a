import type { TokenCounts } from '@claude-proxy/admin-api';
import { Cost } from '../parts/cost.js';
import { useSettings } from '../texts/settings.js';

interface CountsTableProps {
  readonly label: string;
  readonly counts: Readonly<Record<string, TokenCounts>>;
  nameOf(key: string): string;
}

/** Counts by model or by upstream, the largest first. */
export function CountsTable({ label, counts, nameOf }: CountsTableProps) {
  const { texts, format } = useSettings();
  const rows = Object.entries(counts).sort(([, a], [, b]) => b.requests - a.requests);
  return (
    <table class="rows">
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col" class="number">
            {texts.users.requests}
          </th>
          <th scope="col" class="number middle-cell">
            {texts.tokenKinds.input_tokens}
          </th>
          <th scope="col" class="number">
            {texts.tokenKinds.output_tokens}
          </th>
          <th scope="col" class="number">
            {texts.users.cost}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, each]) => (
          <tr key={key}>
            <th scope="row">
              <span class="clip" title={key}>
                {nameOf(key)}
              </span>
            </th>
            <td class="number">{format.integer(each.requests)}</td>
            <td class="number middle-cell">{format.integer(each.input_tokens)}</td>
            <td class="number">{format.integer(each.output_tokens)}</td>
            <td class="number">
              <Cost usd={each.cost_usd} unpriced={each.unpriced_requests} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
