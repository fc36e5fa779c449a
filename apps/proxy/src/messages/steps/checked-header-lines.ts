import { validateHeaderName, validateHeaderValue } from 'node:http';
import type { HeaderLines } from '@claude-proxy/upstream';
import { HOP_BY_HOP } from '../../http/forwarded-headers.js';

/** They say where an answer ends and how its bytes are read, which only the relay knows. */
const OF_FRAMING = new Set([...HOP_BY_HOP, 'content-length', 'content-encoding']);

/**
 * Header lines of a step for the answer. Node refuses a line only when the answer begins, which is too late for a refusal.
 *
 * @throws TypeError naming the header, never its value
 */
export function checkedHeaderLines(lines: HeaderLines): HeaderLines {
  if (lines.length % 2 !== 0) throw new TypeError('answerHeaders is not a list of names and values in turn');
  for (let index = 0; index < lines.length; index += 2) {
    const [name, value] = [lines[index]!, lines[index + 1]!];
    validateHeaderName(name);
    validateHeaderValue(name, value);
    if (OF_FRAMING.has(name.toLowerCase())) throw new TypeError(`answerHeaders has "${name}", which the relay sets`);
  }
  return lines;
}
