/** What keys and tokens look like, wherever they stand. Each reads a text once, from the left to the right. */
const KEYS: readonly (readonly [RegExp, string])[] = [
  [/sk-ant-[a-z]+\d\d-[\w-]*/gi, 'sk-***'],
  [/(?<![a-z\d])sk-[\w-]{8,}/gi, 'sk-***'],
  // Client keys of this gateway, its admin token and the codes of its sign-in links.
  [/(?<![a-z\d])(?:cc[pf]_|ccp-(?:admin|once)-)[\w-]{8,}/gi, '[key]'],
  // Access keys of AWS are capitals and digits. In lower case only with a digit: `asiapacific` is a word.
  [/(?<![a-z\d])(?:AKIA|ASIA)[A-Z\d]{12,}(?![a-z\d])/g, '[key]'],
  [/(?<![a-z\d])(?:akia|asia)(?=[a-z]{0,16}\d)[a-z\d]{16}(?![a-z\d])/gi, '[key]'],
  // API keys of Bedrock.
  [/(?<![a-z\d])(?:ABSK[a-z\d+/]{20,}|bedrock-api-key-[\w+/-]{16,})={0,2}/gi, '[key]'],
  [/(?<![a-z\d])(?:gh[pousr]_|github_pat_)\w{16,}/gi, '[key]'],
  [/(?<![a-z\d])(?:AIza[\w-]{30,}|xox[a-z]-[\w-]{10,})/gi, '[key]'],
  [/\bBearer\s+[^\s"']+/gi, 'Bearer ***'],
  // The head of a token is short; without a bound a text of heads alone takes the square of its length.
  [/(?<![a-z\d])eyJ[\w-]{8,512}\.[\w-]*(?:\.[\w-]*)+/gi, '[token]'],
];
/** Most texts have none of this, which one look finds out. A percent sign may hide any of it. */
const HINT = /sk-|cc[pf]_|ccp-|akia|asia|absk|bedrock-api-key|gh[pousr]_|github_pat|aiza|xox|bearer|eyj|%/i;
const ENCODED_ASCII = /%([2-7][\da-f])/gi;
/** A key that was encoded by each of two programs on its way is encoded twice. */
const MAX_ENCODINGS = 3;
const MAX_CHARACTERS = 8 * 1024;

/** A text of a client or an upstream as it can be kept: without the keys that it may hold, and of bounded length. */
export function withMaskedKeys(text: string): string {
  if (!HINT.test(text)) return text;
  const measured = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  const masked = masksIn(measured);
  if (!masked.includes('%')) return masked;
  const plain = decoded(masked);
  const shown = masksIn(plain);
  return shown === plain ? masked : shown;
}

export function looksLikeKey(text: string): boolean {
  return withMaskedKeys(text) !== text;
}

function masksIn(text: string): string {
  return KEYS.reduce((shown, [key, mask]) => shown.replaceAll(key, mask), text);
}

function decoded(text: string): string {
  let plain = text;
  for (let times = 0; times < MAX_ENCODINGS && plain.includes('%'); times += 1) {
    plain = plain.replaceAll(ENCODED_ASCII, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
  return plain;
}
