import { runInNewContext } from 'node:vm';
import type { Part } from './detection/part-list.js';
import type { ScannedText } from './detection/scanned-text.js';
import { findTokens } from './known-tokens.js';
import { TokenIndex } from './mask-map.js';

/** A rule of a tenant. */
export interface OwnRule {
  readonly name: string;
  /** A regular expression. What it matches is replaced as a whole. */
  readonly pattern: string;
}

/** Values of a tenant: they are masked wherever they occur. */
export interface KnownValues {
  readonly accounts?: readonly string[];
  /** A domain, and every name in it. */
  readonly domains?: readonly string[];
  /** Names of buckets begin with it. */
  readonly bucket_prefixes?: readonly string[];
  readonly names?: readonly string[];
}

export type FindOwn = (text: ScannedText) => readonly Part[];

const MAX_PATTERN_CHARACTERS = 500;
const MAX_PROBE_MS = 100;
const MAX_PROBE_WALL_MS = 1_000;
const PROBE_LENGTH = 3_000;
/** A quantifier without an end behind a group that has one inside, or alternatives. */
const NESTED = /\((?:[^()\\]|\\.)*(?:[*+}|])(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\})/;

/** The fault of a pattern, as the end of a sentence; undefined if it has none. */
export function patternFault(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_CHARACTERS) return `has more than ${MAX_PATTERN_CHARACTERS} characters`;
  try {
    if (new RegExp(pattern).test('')) return 'matches an empty text';
  } catch (error) {
    return `is not a regular expression: ${(error as Error).message}`;
  }
  if (/\\[1-9]|\\k</.test(pattern)) return 'has a back-reference, whose time is not bounded';
  if (NESTED.test(pattern))
    return 'repeats a group that has a repetition or alternatives inside, whose time is not bounded';
  return isSlow(pattern) ? `takes more than ${MAX_PROBE_MS} ms for ${PROBE_LENGTH} characters` : undefined;
}

/** Texts that almost match make a pattern try every way to divide them. */
function isSlow(pattern: string): boolean {
  const literals = [...new Set(pattern.replace(/\\[a-zA-Z]|[^A-Za-z0-9 ._/:-]/g, ''))].slice(0, 8).join('');
  const probes = ['a', '0', '-', ' ', 'aA0', literals, 'a.', '/a'].filter((probe) => probe !== '');
  return probes.some(
    (probe) => cpuMsOf(pattern, `${probe.repeat(Math.ceil(PROBE_LENGTH / probe.length))}\u0001`) > MAX_PROBE_MS,
  );
}

/** CPU, because on a busy machine the clock says nothing about a pattern. */
function cpuMsOf(pattern: string, text: string): number {
  const before = process.threadCpuUsage();
  try {
    // Only a context of its own can be stopped in the middle of an expression.
    runInNewContext('new RegExp(pattern, "g").test(text)', { pattern, text }, { timeout: MAX_PROBE_WALL_MS });
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** Looks for the rules and values of a tenant. Undefined if there are none. */
export function findOwnWith(rules: readonly OwnRule[], known: KnownValues): FindOwn | undefined {
  const patterns = [...rules, ...patternsOf(known)].map(({ name, pattern }) => ({
    name,
    expression: new RegExp(pattern, 'g'),
  }));
  const values = [...(known.accounts ?? []), ...(known.names ?? [])];
  if (patterns.length === 0 && values.length === 0) return undefined;
  const index = new TokenIndex();
  for (const value of values) index.add(value);
  return (scanned) => {
    const parts: Part[] = [];
    findTokens(scanned, index, (start, end) => parts.push(partOf('KNOWN_VALUE', start, end)));
    for (const { name, expression } of patterns) {
      for (const { index: start, 0: match } of scanned.text.matchAll(expression)) {
        if (match !== '') parts.push(partOf(name, start, start + match.length));
      }
    }
    return parts;
  };
}

function patternsOf({ domains = [], bucket_prefixes = [] }: KnownValues): OwnRule[] {
  return [
    ...domains.map((domain) => ({
      name: 'KNOWN_DOMAIN',
      pattern: `(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]{1,63}\\.){0,8}${escaped(domain)}(?![A-Za-z0-9-])`,
    })),
    ...bucket_prefixes.map((prefix) => ({
      name: 'KNOWN_BUCKET',
      pattern: `(?<![A-Za-z0-9.-])${escaped(prefix)}[a-z0-9.-]{0,60}[a-z0-9](?![A-Za-z0-9])`,
    })),
  ];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function partOf(rule: string, start: number, end: number): Part {
  return { rule, start, end, matchStart: start, matchEnd: end, isSecret: false, isKnown: true };
}
