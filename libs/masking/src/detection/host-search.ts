import { startOfRun } from './boundaries.js';
import { isIn } from './characters.js';
import type { FormTrial } from './form-trial.js';
import { PATTERNS } from './patterns.js';

const MAX_HOST_CHARACTERS = 320;
const MAX_SUFFIX_CHARACTERS = 40;
/** Of a host, from the first on, that a name may begin with. */
const MAX_LABELS = 12;
const HOST_CHARACTER = /[A-Za-z0-9.-]/;
const SUFFIXES = Map.groupBy(
  [
    ...['amazonaws.', 'amazonwebservices.', 'amazoncognito.com', 'amplifyapp.com', 'api.aws', 'awsapprunner.com'],
    ...['awsapps.com', 'cloudfront.net', 'internal', 'on.aws', 'signin.aws.amazon.com'],
  ],
  (suffix) => suffix.charCodeAt(0),
);

/** Names of hosts in one text, found by their ends. */
export class HostSearch {
  /** A host that was found is not searched again. */
  private endOfLast = 0;

  constructor(private readonly trial: FormTrial) {}

  findAtDot(at: number): void {
    const { text } = this.trial;
    if (!SUFFIXES.get(text.charCodeAt(at + 1))?.some((suffix) => text.startsWith(suffix, at + 1))) return;
    const [begin, start] = this.startOfHost(at);
    if (start > at) return;
    const host = text.slice(start, at + MAX_SUFFIX_CHARACTERS);
    const patterns = PATTERNS.get('host')!.filter(({ needs }) => needs!.some((part) => host.includes(part)));
    if (patterns.length === 0) return;
    // Behind a backslash the first letter is that of an escape or of the name.
    for (const from of new Set([...startsOfLabels(text, start, at), begin])) {
      for (const pattern of patterns) {
        const end = this.trial.tryPattern(pattern, from);
        if (end === undefined) continue;
        this.endOfLast = end;
        return;
      }
    }
  }

  /** Where its characters begin, and where the name begins without the letter of an escape. */
  private startOfHost(at: number): readonly [number, number] {
    const { text } = this.trial;
    const first = Math.max(this.endOfLast, at - MAX_HOST_CHARACTERS);
    let start = at;
    while (start > first && HOST_CHARACTER.test(text[start - 1]!)) start -= 1;
    const begin = start;
    start = startOfRun(text, start, at);
    while (isIn('.-', text[start])) start += 1;
    return [begin, start];
  }
}

function startsOfLabels(text: string, start: number, end: number): number[] {
  const starts = [start];
  for (let at = text.indexOf('.', start); at < end && starts.length < MAX_LABELS; at = text.indexOf('.', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}
