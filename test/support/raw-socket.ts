import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A client that writes raw HTTP and reads only on demand. */
export class RawSocket {
  private readonly received: Buffer[] = [];

  private constructor(readonly socket: Socket) {
    socket.on('error', () => {});
  }

  static async connect(port: number): Promise<RawSocket> {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    return new RawSocket(socket);
  }

  write(text: string | Buffer): this {
    this.socket.write(text);
    return this;
  }

  /** Resolves with all received text, once it contains this text or the connection has ended. */
  async readUntil(text: string): Promise<string> {
    let tail = Buffer.concat(this.received).toString('latin1');
    while (!tail.includes(text) && !this.socket.readableEnded && !this.socket.destroyed) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk) {
        this.received.push(chunk);
        tail = tail.slice(-text.length) + chunk.toString('latin1');
      } else await this.news();
    }
    return Buffer.concat(this.received).toString('latin1');
  }

  /** Resolves when the server has closed the connection. */
  async closed(): Promise<void> {
    this.socket.resume();
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** `once` of node:events would reject after a reset, which is an ordinary end here. */
  private news(): Promise<void> {
    return new Promise((resolve) => {
      const events = ['readable', 'close'];
      const wake = () => {
        for (const event of events) this.socket.off(event, wake);
        resolve();
      };
      for (const event of events) this.socket.once(event, wake);
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The head of a request with a body of this length, or in chunks. */
export function headOfPost(path: string, framing: string, headers: readonly string[] = []): string {
  const lines = [
    ...[`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', 'x-api-key: sk-ant-api03-caller', 'anthropic-version: 2023-06-01'],
    ...['content-type: application/json', framing, ...headers],
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
