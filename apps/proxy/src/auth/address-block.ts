import { isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** Providers assign each customer at least a /64, so one machine can have 2^64 addresses. */
const GROUPS_OF_A_BLOCK = 4;
const GROUPS = 8;

/** The block that counts as one address: the whole address for IPv4, the /64 for IPv6. */
export function addressBlockOf(address: string): string {
  if (!address.includes(':')) return address;
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('%')[0]!.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : Math.max(0, GROUPS - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last];
  const block = groups.slice(0, GROUPS_OF_A_BLOCK).map((group) => Number.parseInt(group, 16).toString(16));
  return `${block.join(':')}::/64`;
}
