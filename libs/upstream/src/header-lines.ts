import type { HeaderLines } from './contract.js';

/** The first value of a header; the name matches in any case. */
export function headerOf(lines: HeaderLines, name: string): string | undefined {
  for (let index = 0; index < lines.length; index += 2) {
    const candidate = lines[index]!;
    if (candidate.length === name.length && candidate.toLowerCase() === name) return lines[index + 1];
  }
  return undefined;
}

/** All values of a header, joined with a comma as RFC 9110 section 5.3 allows for list headers. */
export function joinedHeaderOf(lines: HeaderLines, name: string): string | undefined {
  const values: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    if (lines[index]!.toLowerCase() === name) values.push(lines[index + 1]!);
  }
  return values.length > 0 ? values.join(',') : undefined;
}

/** The header lines whose lower-case name passes, in original order and spelling. */
export function headersWhere(lines: HeaderLines, passes: (name: string) => boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 2) {
    if (passes(lines[index]!.toLowerCase())) kept.push(lines[index]!, lines[index + 1]!);
  }
  return kept;
}
