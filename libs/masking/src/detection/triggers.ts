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

/** By character code. Each form has a character that it cannot do without; most characters of a text trigger nothing. */
export const TRIGGERS = new Uint8Array(256);

const on = (characters: string, trigger: Trigger) => {
  for (const character of characters) TRIGGERS[character.charCodeAt(0)] = trigger;
};
on('-', Trigger.Hyphen);
on(':', Trigger.Colon);
on('.', Trigger.Dot);
on('_', Trigger.Underscore);
on('/', Trigger.Slash);
on('A', Trigger.Key);
on('IF', Trigger.SessionToken);
on('Z', Trigger.Zone);
on('E', Trigger.Distribution);
on('0123456789', Trigger.Digit);
on('cC', Trigger.Secret);
on('kK', Trigger.Bucket);
on('f', Trigger.LocalAddress);
