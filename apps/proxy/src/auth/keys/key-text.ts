import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_CHARACTERS = 8;
/** 190 bits. */
const SECRET_CHARACTERS = 32;
const CHECKSUM_CHARACTERS = 6;

/**
 * `ccp_`, the public id, `_`, the secret and its checksum. Only base62: `-` and `_` inside a secret would end the
 * selection of a double click and the match of secret scanners.
 */
const OWN = /^ccp_([0-9A-Za-z]{8})_[0-9A-Za-z]{38}$/;
/** Keys of the gateway's predecessor, which can be imported. They have no checksum. */
const IMPORTED = /^ccf_[0-9a-f]{64}$/;
const PREFIX = /^cc[pf]_/;

/** A text in the form of a client key. `misspelled` has the prefix, but a wrong length, character or checksum. */
export type KeyText =
  | { readonly kind: 'key'; readonly id: string; readonly digest: string }
  | { readonly kind: 'misspelled' };

/** A new key with a new id, or with the id of the key that it replaces. */
export function newKeyText(id = randomText(ID_CHARACTERS)): string {
  const text = `ccp_${id}_${randomText(SECRET_CHARACTERS)}`;
  return text + checksumOf(text);
}

/** Undefined for a text without the prefix of a client key. Reads no store: most wrong keys end here. */
export function parseKeyText(text: string): KeyText | undefined {
  if (!PREFIX.test(text)) return undefined;
  if (IMPORTED.test(text)) return { kind: 'key', id: importedIdOf(text), digest: digestOf(text) };
  const id = OWN.exec(text)?.[1];
  const body = text.slice(0, -CHECKSUM_CHARACTERS);
  if (id === undefined || checksumOf(body) !== text.slice(-CHECKSUM_CHARACTERS)) return { kind: 'misspelled' };
  return { kind: 'key', id, digest: digestOf(text) };
}

/** True for a text that is meant as a client key, also if it is misspelled. */
export function hasKeyPrefix(text: string): boolean {
  return PREFIX.test(text);
}

/** Random keys need no slow hash. */
export function digestOf(text: string): string {
  return hash('sha256', text);
}

/** An imported key has no id in its text, so the id is a part of its digest. */
function importedIdOf(text: string): string {
  return inBase62(BigInt(`0x${digestOf(text).slice(0, 16)}`), ID_CHARACTERS);
}

function checksumOf(text: string): string {
  return inBase62(BigInt(crc32(text)), CHECKSUM_CHARACTERS);
}

function randomText(length: number): string {
  return Array.from({ length }, () => BASE62[randomInt(BASE62.length)]).join('');
}

/** The last digits of a number, in base 62. */
function inBase62(number: bigint, length: number): string {
  let text = '';
  for (let left = number; text.length < length; left /= 62n) text = BASE62[Number(left % 62n)] + text;
  return text;
}
