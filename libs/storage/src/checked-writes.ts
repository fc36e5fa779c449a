import { StorageError } from './storage-error.js';
import {
  type Change,
  type IndependentWrite,
  type IndexDefinition,
  type Item,
  type Key,
  MAX_WRITES_PER_TRANSACTION,
  type Refusal,
  type TableDefinition,
  type Write,
} from './table.js';

const MAX_DEPTH = 32;
/** Limits of DynamoDB: key lengths, and the smallest number that is not zero. */
const MAX_PARTITION_KEY_BYTES = 2048;
const MAX_SORT_KEY_BYTES = 1024;
const MIN_NUMBER = 1e-130;
const NAME = /^[\w.-]{3,255}$/;
const ATTRIBUTE = /^[\w.-]{1,255}$/;

/** Both engines validate every call here first, so that they refuse the same calls with the same messages. */
export function checkDefinition(definition: TableDefinition): void {
  for (const { name, partitionKey, sortKey } of [definition, ...(definition.indexes ?? [])]) {
    assertValid(NAME.test(name), `"${name}" is not a valid name for a table or index`);
    assertValid(ATTRIBUTE.test(partitionKey), `${name}: "${partitionKey}" is not a valid name for a key`);
    assertValid(
      sortKey === undefined || ATTRIBUTE.test(sortKey),
      `${name}: "${sortKey}" is not a valid name for a key`,
    );
  }
}

/** The key attributes of an item or of a key. @throws StorageError if one is missing or empty */
export function keyOf(definition: IndexDefinition, holder: Readonly<Record<string, unknown>>): Key {
  const { name, partitionKey, sortKey } = definition;
  const partition = keyValue(name, partitionKey, holder[partitionKey], MAX_PARTITION_KEY_BYTES);
  if (sortKey === undefined) return { [partitionKey]: partition };
  return { [partitionKey]: partition, [sortKey]: keyValue(name, sortKey, holder[sortKey], MAX_SORT_KEY_BYTES) };
}

export function checkedKey(definition: TableDefinition, key: Key): Key {
  const expected = keyAttributes(definition);
  const extra = Object.keys(key).find((attribute) => !expected.includes(attribute));
  assertValid(extra === undefined, `${definition.name}: "${extra}" is not an attribute of the key`);
  return keyOf(definition, key);
}

/** A plain copy that later changes by the caller do not affect. @throws StorageError `invalid` */
export function checkedItem(definition: TableDefinition, item: Item): Item {
  keyOf(definition, item);
  return checkedAttributes(definition, item);
}

export function checkedChange(definition: TableDefinition, change: Change): Required<Change> {
  const { add } = change;
  const set = checkedAttributes(definition, change.set ?? {});
  const changed = [...Object.keys(add), ...Object.keys(set)];
  const keys = keyAttributes(definition);
  assertValid(changed.length > 0, `${definition.name}: an increment changes nothing`);
  for (const [position, attribute] of changed.entries()) {
    assertValid(!keys.includes(attribute), `${definition.name}: key "${attribute}" cannot change`);
    assertValid(changed.indexOf(attribute) === position, `${definition.name}: "${attribute}" is both added and set`);
  }
  for (const [attribute, amount] of Object.entries(add)) {
    assertValid(Number.isSafeInteger(amount), `${definition.name}: "${attribute}" adds ${amount}, not a whole number`);
  }
  return { add: { ...add }, set };
}

export function checkedWrites(writes: readonly Write[], idempotencyToken: string): Write[] {
  assertValid(idempotencyToken !== '', 'a transaction needs an idempotency token');
  assertValid(writes.length > 0, 'a transaction needs a write');
  assertValid(
    writes.length <= MAX_WRITES_PER_TRANSACTION,
    `a transaction holds at most ${MAX_WRITES_PER_TRANSACTION} writes, not ${writes.length}`,
  );
  const checked = writes.map(checkedWrite);
  const items = new Set(checked.map(itemNameOf));
  assertValid(items.size === checked.length, 'a transaction touches an item twice');
  return checked;
}

/**
 * Splits writes into storable ones and others, with reasons. A second write of the same item is not storable.
 *
 * @param check returns the write that the engine gets: a copy, or the same one where the engine has written it before it
 *   returns
 */
export function sortedWrites(
  writes: readonly IndependentWrite[],
  check: (write: IndependentWrite) => IndependentWrite = copiedWrite,
): {
  readonly checked: IndependentWrite[];
  readonly refused: Refusal[];
} {
  const checked: IndependentWrite[] = [];
  const refused: Refusal[] = [];
  const items = new Set<string>();
  for (const write of writes) {
    try {
      const plain = check(write);
      const item = itemNameOf(plain);
      assertValid(!items.has(item), `${write.table.name}: a round must not write an item twice`);
      items.add(item);
      checked.push(plain);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      refused.push({ write, error });
    }
  }
  return { checked, refused };
}

/** Of a checked write. The length keeps keys apart that are equal when joined. */
function itemNameOf(write: Write): string {
  const { name, partitionKey, sortKey } = write.table;
  const holder: Item = write.kind === 'put' ? write.item : write.key;
  const partition = holder[partitionKey] as string;
  return `${name} ${partition.length} ${partition}${sortKey === undefined ? '' : (holder[sortKey] as string)}`;
}

export function keyOfWrite(write: Write): Key {
  return keyOf(write.table, write.kind === 'put' ? write.item : write.key);
}

/** The write itself if its item can be stored as it is; nearly all are. Else a copy that can. @throws StorageError */
export function storableWrite(write: IndependentWrite): IndependentWrite {
  const isAsItIs = write.kind === 'put' && isStorable(write.item, 1);
  if (!isAsItIs) return copiedWrite(write);
  keyOf(write.table, write.item);
  checkReserved(write.table, write.item);
  return write;
}

function copiedWrite(write: IndependentWrite): IndependentWrite {
  return checkedWrite(write) as IndependentWrite;
}

function checkedWrite(write: Write): Write {
  const { table } = write;
  if (write.kind === 'put') return { ...write, item: checkedItem(table, write.item) };
  const key = checkedKey(table, write.key);
  return write.kind === 'delete' ? { ...write, key } : { kind: write.kind, table, key, ...checkedChange(table, write) };
}

function keyAttributes({ partitionKey, sortKey }: { partitionKey: string; sortKey?: string }): string[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
}

/** A lone surrogate has no UTF-8 form: engines would map different keys to the same bytes. */
function keyValue(table: string, attribute: string, value: unknown, maxBytes: number): string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) {
    throw new StorageError('invalid', `${table}: key "${attribute}" must be a non-empty string`);
  }
  // A character takes at most three bytes.
  if (value.length * 3 <= maxBytes || Buffer.byteLength(value) <= maxBytes) return value;
  throw new StorageError('invalid', `${table}: key "${attribute}" has more than ${maxBytes} bytes`);
}

function checkedAttributes(definition: TableDefinition, attributes: Readonly<Record<string, unknown>>): Item {
  const plain = plainValue(attributes, [definition.name]) as Item;
  checkReserved(definition, plain);
  return plain;
}

/** The attributes that engines read themselves. */
function checkReserved(definition: TableDefinition, plain: Item): void {
  const { ttl } = plain;
  assertValid(ttl === undefined || Number.isSafeInteger(ttl), `${definition.name}: "ttl" must be whole epoch seconds`);
  for (const { partitionKey, sortKey } of definition.indexes ?? []) {
    checkIndexKey(definition, plain, partitionKey, MAX_PARTITION_KEY_BYTES);
    if (sortKey !== undefined) checkIndexKey(definition, plain, sortKey, MAX_SORT_KEY_BYTES);
  }
}

function checkIndexKey({ name }: TableDefinition, item: Item, attribute: string, maxBytes: number): void {
  if (item[attribute] !== undefined) keyValue(name, attribute, item[attribute], maxBytes);
}

/** True if `plainValue` would return an equal value: the same rules, without a copy. `undefined` members are dropped. */
function isStorable(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return isKept(value);
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((member) => isStorable(member, depth + 1));
  if (!isPlainMap(value)) return false;
  for (const name in value) if (!isStorableMember(name, value[name], depth + 1)) return false;
  return true;
}

function isStorableMember(name: string, value: unknown, depth: number): boolean {
  return value === undefined || (isMemberName(name) && isStorable(value, depth));
}

/** `path` locates `value`. It is a stack, because its text is needed only for an error. */
function plainValue(value: unknown, path: (string | number)[]): unknown {
  // The path starts with the table's name.
  if (path.length > MAX_DEPTH + 1) refuse(path, 'is nested too deeply');
  if (value === null || typeof value === 'boolean') return value;
  // Without a UTF-8 form, text would come back changed from one engine and unchanged from another.
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') {
    return isKept(value) ? value : refuse(path, `is ${value}, not a number that can be kept`);
  }
  if (Array.isArray(value)) return value.map((member, index) => plainMember(member, path, index));
  return isPlainMap(value) ? plainMap(value, path) : refuse(path, 'is neither JSON nor undefined');
}

function plainMap(map: Readonly<Record<string, unknown>>, path: (string | number)[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(map)) {
    if (map[name] === undefined) continue;
    if (!isMemberName(name)) refuse(path, 'has a member with an empty or malformed name, or a member "constructor"');
    const value = plainMember(map[name], path, name);
    if (name === '__proto__') Object.defineProperty(copy, name, { value, enumerable: true });
    else copy[name] = value;
  }
  return copy;
}

function plainMember(member: unknown, path: (string | number)[], name: string | number): unknown {
  path.push(name);
  const plain = plainValue(member, path);
  path.pop();
  return plain;
}

/** The AWS SDK uses a member `constructor` as the class of the map. */
function isMemberName(name: string): boolean {
  return name !== '' && name !== 'constructor' && name.isWellFormed();
}

function isKept(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size <= Number.MAX_SAFE_INTEGER && size >= MIN_NUMBER);
}

function refuse([table, ...members]: readonly (string | number)[], fault: string): never {
  const place = members.map((member) => (typeof member === 'number' ? `[${member}]` : `.${member}`)).join('');
  throw new StorageError('invalid', `${table}${place} ${fault}`);
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // Maps of another realm (a worker, a test runner's sandbox) have their own Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function assertValid(holds: boolean, message: string): void {
  if (!holds) throw new StorageError('invalid', message);
}
