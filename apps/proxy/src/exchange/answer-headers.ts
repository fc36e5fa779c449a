import { type HeaderLines, headersWhere } from '@claude-proxy/upstream';
import type { Exchange } from './exchange.js';
import { GatewayError } from './gateway-error.js';

/** The lines of an answer, with those of the steps in place of lines that have the same name. */
export function withLinesOf({ answerHeaders }: Exchange, lines: string[]): string[] {
  if (answerHeaders.length === 0) return lines;
  const names = new Set(answerHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  return [...headersWhere(lines, (name) => !names.has(name)), ...answerHeaders];
}

/** The same error; a refusal carries the lines of the steps too. */
export function withAnswerHeaders(error: unknown, { answerHeaders }: Exchange): unknown {
  if (!(error instanceof GatewayError) || answerHeaders.length === 0) return error;
  return Object.assign(error, { headers: { ...recordOf(answerHeaders), ...error.headers } });
}

function recordOf(lines: HeaderLines): Record<string, string> {
  const record: Record<string, string> = {};
  for (let index = 0; index < lines.length; index += 2) record[lines[index]!] = lines[index + 1]!;
  return record;
}
