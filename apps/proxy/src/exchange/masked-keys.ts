/** What keys and tokens look like, wherever they stand. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [/\bsk-[\w-]{8,}/g, 'sk-***'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[key]'],
  [/\bBearer\s+[^\s"']+/gi, 'Bearer ***'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[token]'],
];

/** A text of somebody else, who may have quoted a key in it, as it can be kept. */
export function withMaskedKeys(text: string): string {
  return KEYS.reduce((shown, [key, mask]) => shown.replaceAll(key, mask), text);
}
