import type { AddressInfo } from 'node:net';

export interface Listening {
  /** What the socket is bound to, as a URL. */
  readonly boundUrl: string;
  /** An address that can be typed on this machine, also where any address is listened on. */
  readonly url: string;
  /** Whether other machines reach the port. */
  readonly isOpen: boolean;
}

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;
const THIS_MACHINE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Told by the socket: Nest's `getUrl` names the loopback where any address is listened on. */
export function listeningAt({ address, port }: AddressInfo): Listening {
  return {
    boundUrl: urlOf(address, port),
    url: urlOf(THIS_MACHINE[address] ?? address, port),
    isOpen: !LOOPBACK.test(address),
  };
}

function urlOf(address: string, port: number): string {
  return `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
}
