import type { Texts } from './texts/en.js';

/** A colour of its own for each upstream, the same everywhere; guests of the house take the spare ones in order. */
const KNOWN: Readonly<Record<string, string>> = { anthropic: 'anthropic', bedrock: 'bedrock' };
const SPARE = ['guest-1', 'guest-2', 'guest-3'];
const guests = new Map<string, string>();

/** The name in the gateway's figures for requests without an answer. */
const NONE = 'none';

/** The name of the CSS variable, without `--upstream-`. */
export function colourOfUpstream(name: string | null): string {
  if (name === null || name === NONE) return NONE;
  const known = KNOWN[name] ?? guests.get(name);
  if (known) return known;
  const colour = SPARE[guests.size % SPARE.length]!;
  guests.set(name, colour);
  return colour;
}

export function nameOfUpstream(name: string | null, texts: Texts): string {
  if (name === null || name === NONE) return texts.unit.noAnswer;
  return Object.hasOwn(texts.upstreamNames, name) ? texts.upstreamNames[name]! : name;
}
