/**
 * Hashes spans of a text, 64 bytes at once. Written in AssemblyScript for its SIMD instructions: the CRC and the SHA of
 * Node take four to seven times as long. `npm run build:scanner` compiles it into ../src/byte-hash.wasm.ts.
 *
 * Each half of a word is multiplied with the other half after both were mixed with a key of its position, as in XXH3 and
 * UMAC. It separates texts of one process; it is not a cryptographic hash.
 */

const STRIPE: usize = 64;
/** The last bytes of a span, padded with zeros to a stripe. */
const TAIL: usize = 0;
const KEY: usize = 64;
const TEXT: usize = 128;
/** Of text that the host writes at once. */
const WINDOW: usize = 1_048_576;
/** Spans that the host compares at once: their ends, and the hashes that are expected. */
const MAX_SPANS: usize = 5_000;
const HASHES: usize = TEXT + WINDOW;
const ENDS: usize = HASHES + 8 * MAX_SPANS;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** Odd, from the digits of the golden ratio: the key of each stripe differs from that of the one before. */
const STEP: i64 = ((<i64>0x9e3779b9) << 32) | 0x7f4a7c15;
const MIX: u64 = ((<u64>0xd6e8feb8) << 32) | 0x6659fd93;

let sum0: v128 = i64x2.splat(0);
let sum1: v128 = i64x2.splat(0);
let sum2: v128 = i64x2.splat(0);
let sum3: v128 = i64x2.splat(0);
let shift: v128 = i64x2.splat(0);
let total: u64 = 0;

export function textAddress(): u32 {
  return TEXT as u32;
}

/** Where the host writes 64 random bytes, once. */
export function keyAddress(): u32 {
  return KEY as u32;
}

export function windowBytes(): u32 {
  return WINDOW as u32;
}

export function hashesAddress(): u32 {
  return HASHES as u32;
}

export function endsAddress(): u32 {
  return ENDS as u32;
}

export function maxSpans(): u32 {
  return MAX_SPANS as u32;
}

export function begin(): void {
  sum0 = i64x2.splat(0);
  sum1 = i64x2.splat(0);
  sum2 = i64x2.splat(0);
  sum3 = i64x2.splat(0);
  shift = i64x2.splat(0);
  total = 0;
}

/** Adds text of the window. All parts of a span but the last have a multiple of 64 bytes. */
export function add(offset: u32, length: u32): void {
  let at: usize = TEXT + (offset as usize);
  const end = at + (length as usize);
  total += length as u64;
  const step = i64x2.splat(STEP);
  let a = sum0;
  let b = sum1;
  let c = sum2;
  let d = sum3;
  let s = shift;
  const key0 = v128.load(KEY);
  const key1 = v128.load(KEY, 16);
  const key2 = v128.load(KEY, 32);
  const key3 = v128.load(KEY, 48);
  for (; at + STRIPE <= end; at += STRIPE) {
    s = i64x2.add(s, step);
    a = i64x2.add(a, product(v128.load(at), i64x2.add(key0, s)));
    b = i64x2.add(b, product(v128.load(at, 16), i64x2.add(key1, s)));
    c = i64x2.add(c, product(v128.load(at, 32), i64x2.add(key2, s)));
    d = i64x2.add(d, product(v128.load(at, 48), i64x2.add(key3, s)));
  }
  if (at < end) {
    // The last stripe overlaps the one before; the length is in the hash. Only a short text is copied.
    let tail: usize = end - STRIPE;
    if (length < (STRIPE as u32)) {
      tail = TAIL;
      memory.fill(TAIL, 0, STRIPE);
      memory.copy(TAIL, at, end - at);
    }
    s = i64x2.add(s, step);
    a = i64x2.add(a, product(v128.load(tail), i64x2.add(key0, s)));
    b = i64x2.add(b, product(v128.load(tail, 16), i64x2.add(key1, s)));
    c = i64x2.add(c, product(v128.load(tail, 32), i64x2.add(key2, s)));
    d = i64x2.add(d, product(v128.load(tail, 48), i64x2.add(key3, s)));
  }
  sum0 = a;
  sum1 = b;
  sum2 = c;
  sum3 = d;
  shift = s;
}

/** A whole number below 2^52, which a JavaScript number holds exactly. */
export function finish(): f64 {
  let hash = total * MIX;
  hash = mixed(hash, i64x2.extract_lane(sum0, 0));
  hash = mixed(hash, i64x2.extract_lane(sum0, 1));
  hash = mixed(hash, i64x2.extract_lane(sum1, 0));
  hash = mixed(hash, i64x2.extract_lane(sum1, 1));
  hash = mixed(hash, i64x2.extract_lane(sum2, 0));
  hash = mixed(hash, i64x2.extract_lane(sum2, 1));
  hash = mixed(hash, i64x2.extract_lane(sum3, 0));
  hash = mixed(hash, i64x2.extract_lane(sum3, 1));
  return <f64>(hash >> 12);
}

export function hashOf(offset: u32, length: u32): f64 {
  begin();
  add(offset, length);
  return finish();
}

/** Of `count` spans, each of which begins at the end of the one before: how many of the first have the expected hashes. */
export function equalSpans(count: u32): u32 {
  let start: u32 = 0;
  for (let index: u32 = 0; index < count; index += 1) {
    const end = load<u32>(ENDS + 4 * (index as usize));
    if (hashOf(start, end - start) !== load<f64>(HASHES + 8 * (index as usize))) return index;
    start = end;
  }
  return count;
}

/** The end of the JSON string that begins at `offset` with its quote; 0 if the text has `length` bytes and no end of it. */
export function stringEnd(offset: u32, length: u32): u32 {
  const end: usize = TEXT + (length as usize);
  let at: usize = TEXT + (offset as usize) + 1;
  while (at < end) {
    const bytes = v128.load(at);
    const stops = v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)));
    const mask = i8x16.bitmask(stops);
    if (mask === 0) {
      at += 16;
      continue;
    }
    at += ctz(mask) as usize;
    if (at >= end) return 0;
    if (load<u8>(at) === QUOTE) return (at - TEXT + 1) as u32;
    at += 2;
  }
  return 0;
}

/** The hash of two hashes in this order. */
export function pairOf(first: f64, second: f64): f64 {
  return <f64>(mixed(mixed(MIX, <u64>first), <u64>second) >> 12);
}

function product(data: v128, key: v128): v128 {
  const keyed = v128.xor(data, key);
  const low = i32x4.shuffle(keyed, keyed, 0, 2, 0, 2);
  const high = i32x4.shuffle(keyed, keyed, 1, 3, 1, 3);
  // The data itself is added with its halves exchanged: a product with 0 would lose the other half.
  return i64x2.add(i64x2.extmul_low_i32x4_u(low, high), i32x4.shuffle(data, data, 1, 0, 3, 2));
}

function mixed(hash: u64, word: u64): u64 {
  let value = (hash ^ word) * MIX;
  value ^= value >> 32;
  value *= MIX;
  return value ^ (value >> 29);
}
