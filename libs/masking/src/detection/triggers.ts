/** What can be found at a character. */
export enum Trigger {
  None,
  Hyphen,
  Colon,
  Dot,
  Underscore,
  Slash,
  Key,
  SessionToken,
  Zone,
  Distribution,
  Digit,
  Secret,
  Bucket,
  LocalAddress,
}

const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const WORD = `abcdefghijklmnopqrstuvwxyz${CAPITALS}${DIGITS}`;

/**
 * By two characters, the first in the higher byte. Each form has a character that it cannot do without; the one behind it rules
 * out most of the places where it occurs.
 */
export const TRIGGERS = new Uint8Array(0x1_00_00);

const on = (characters: string, next: string, trigger: Trigger) => {
  for (const character of characters) {
    for (const other of next) TRIGGERS[(character.charCodeAt(0) << 8) | other.charCodeAt(0)] = trigger;
  }
};
on('-', WORD, Trigger.Hyphen);
// As in `arn:aws` and `s3://`.
on(':', 'a/', Trigger.Colon);
// The first letters of the ends of hosts.
on('.', 'acios', Trigger.Dot);
on('_', WORD, Trigger.Underscore);
on('/', 'a', Trigger.Slash);
on('A', CAPITALS, Trigger.Key);
on('I', 'Q', Trigger.SessionToken);
on('F', 'Qw', Trigger.SessionToken);
on('Z', CAPITALS + DIGITS, Trigger.Zone);
on('E', CAPITALS + DIGITS, Trigger.Distribution);
on(DIGITS, `${DIGITS}.:`, Trigger.Digit);
// An address of AWS such as 2a05:…
on('2', 'a', Trigger.Digit);
on('cC', 'rR', Trigger.Secret);
on('kK', 'eE', Trigger.Bucket);
on('f', 'd', Trigger.LocalAddress);
