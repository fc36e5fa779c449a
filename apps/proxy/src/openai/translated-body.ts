import { MAX_IDLE_BYTES, MAX_LINGER_MS, MAX_PASSED_ANSWER_BYTES, SseScanner } from '@claude-proxy/messages-api';
import type { AnswerBody, BodySink } from '@claude-proxy/upstream';
import type { GatewayError } from '../exchange/gateway-error.js';
import { isJsonObject, type JsonObject } from './json-object.js';
import { openAiErrorOf, type Refused } from './openai-errors.js';
import type { StreamTranslation } from './stream-translation.js';

/** What may still come after the event that ends a message. */
const MAX_TRAILING_BYTES = 64 * 1024;

/** Watches the bytes before they are translated; the answer observer is one. */
export interface ByteWatch {
  write(chunk: Buffer): void;
}

/**
 * A Messages stream that comes out in another form: each event as soon as it is complete, and no faster than its
 * reader takes it. It never breaks off: a failure becomes the last event, and then it ends. It ends
 * with the message; the source may take a moment longer, so that its connection can be used again.
 */
export class TranslatedBody implements AnswerBody, BodySink {
  private readonly scanner = new SseScanner({
    wants: (name) => name !== 'ping',
    onEvent: (name, data) => this.read(name, data),
  });
  private sink!: BodySink;
  private pending = '';
  private hasRoom = true;
  private isOver = false;
  private receivedBytes = 0;
  private trailingBytes = 0;
  private lingering: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: AnswerBody,
    private readonly watch: ByteWatch,
    private readonly translation: StreamTranslation,
    private readonly onBroken: (reason: string) => void,
  ) {}

  pipe(sink: BodySink): void {
    this.sink = sink;
    this.source.pipe(this);
  }

  resume(): void {
    this.hasRoom = true;
    this.source.resume();
  }

  destroy(): void {
    this.source.destroy();
  }

  write(chunk: Buffer): boolean {
    if (this.isOver) return this.skip(chunk);
    this.watch.write(chunk);
    this.receivedBytes += chunk.length;
    this.scanner.write(chunk);
    if (!this.isOver) this.measure();
    this.flush();
    if (!this.isOver) return this.hasRoom;
    this.lingering = setTimeout(() => this.source.destroy(), MAX_LINGER_MS).unref();
    this.sink.end();
    return true;
  }

  private measure(): void {
    if (this.receivedBytes > MAX_PASSED_ANSWER_BYTES) this.break(`it has more than ${MAX_PASSED_ANSWER_BYTES} bytes`);
    else if (this.scanner.idleBytes > MAX_IDLE_BYTES) this.break(`${MAX_IDLE_BYTES} bytes came without an event`);
  }

  end(): void {
    this.endWith('the upstream ended its stream before the message was complete');
  }

  fail(error: Error): void {
    this.endWith(`the upstream broke off: ${error.message}`);
  }

  private endWith(reason: string): void {
    clearTimeout(this.lingering);
    if (this.isOver) return;
    this.break(reason);
    this.flush();
    this.sink.end();
  }

  private skip(chunk: Buffer): boolean {
    this.trailingBytes += chunk.length;
    if (this.trailingBytes > MAX_TRAILING_BYTES) this.source.destroy();
    return true;
  }

  /** The gateway has to end before the answer does. */
  cutOff(reason: GatewayError): void {
    if (!this.isOver) {
      this.close(reason);
      this.onBroken(reason.message);
    }
    this.flush();
    this.sink.end();
    this.destroy();
  }

  private read(name: string, data: string | undefined): void {
    if (this.isOver) return;
    const event = parsed(data);
    if (!event) this.break(`the upstream sent an event of type ${name} that cannot be read`);
    else if (name === 'error') this.refuse(event);
    else {
      this.pending += this.translation.translate(name, event);
      this.isOver = name === 'message_stop';
    }
  }

  private refuse({ error }: JsonObject): void {
    const told = isJsonObject(error) && typeof error.message === 'string' ? (error as unknown as Refused) : undefined;
    this.close(told ?? { type: 'api_error', message: 'The upstream reported an error without a message.' });
    this.onBroken(`error event: ${told?.type ?? 'of no type'}`);
  }

  private break(reason: string): void {
    this.close({ type: 'api_error', message: `The answer is incomplete: ${reason}.` });
    this.onBroken(reason);
  }

  private close(refused: Refused): void {
    this.isOver = true;
    this.pending += this.translation.fail(openAiErrorOf(refused));
  }

  private flush(): void {
    const { pending } = this;
    if (pending === '') return;
    this.pending = '';
    this.hasRoom = this.sink.write(Buffer.from(pending));
  }
}

function parsed(data: string | undefined): JsonObject | undefined {
  try {
    const value: unknown = data === undefined ? undefined : JSON.parse(data);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
