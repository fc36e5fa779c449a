import type { TokenCounts } from '@claude-proxy/admin-api';
import { Cost } from '../parts/cost.js';
import { TableHead } from '../parts/table-head.js';
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
  const usd = format.usdColumn(rows.map(([, { cost_usd }]) => cost_usd));
  return (
    <table class="rows">
      <TableHead
        columns={[
          [label],
          [texts.users.requests, 'number'],
          [texts.tokenKinds.input_tokens, 'number middle-cell'],
          [texts.tokenKinds.output_tokens, 'number'],
          [texts.users.cost, 'number'],
        ]}
      />
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
              <Cost usd={each.cost_usd} unpriced={each.unpriced_requests} show={usd} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
