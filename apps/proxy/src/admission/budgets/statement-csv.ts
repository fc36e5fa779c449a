import type { Statement } from '@claude-proxy/admin-api';

/** A spreadsheet runs a cell that begins with one of these as a formula. Names are chosen by users. */
const FORMULA = /^[=+\-@\t\r]/;

export function csvOf({ month, lines }: Statement): string {
  const rows = lines.map(({ scope, usd, assumed_usd, tokens, requests }) => {
    const [kind = '', ...name] = scope.split(':');
    return [month, kind, name.join(':'), usd.toFixed(6), assumed_usd.toFixed(6), tokens, requests];
  });
  const header = ['month', 'kind', 'name', 'usd', 'assumed_usd', 'tokens', 'requests'];
  return [header, ...rows].map((row) => `${row.map((cell) => cellOf(String(cell))).join(',')}\r\n`).join('');
}

function cellOf(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
