import Anthropic from '@anthropic-ai/sdk';
import type { Stage } from './stage.js';

/** The visible result of one request at a client. */
export interface Seen {
  readonly upstream: string | null;
  readonly fallback: string | null;
  readonly status: number;
  readonly milliseconds: number;
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The SDK skips pings; they keep the connection open at a load balancer. */
  readonly pings: number;
}

export interface Asking {
  readonly isStream: boolean;
  readonly model?: string;
  readonly user?: string;
  readonly signal?: AbortSignal;
}

/** Timeout of one request in a drill. */
const PATIENCE_MS = 50_000;

/** Sends one request like a program with the official SDK. */
export async function ask(
  { url }: Stage,
  { isStream, model = 'claude-opus-5-5', user = 'alice', signal }: Asking,
): Promise<Seen> {
  const listener = new PingListener();
  const client = new Anthropic({
    apiKey: 'sk-ant-drill',
    baseURL: `${url}/user/${user}`,
    maxRetries: 0,
    logLevel: 'off',
    fetch: (input, init) => listener.fetch(input, init),
  });
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const options = { signal: signal ? AbortSignal.any([signal, patience]) : patience };
  const question = { model, max_tokens: 200, messages: [{ role: 'user' as const, content: 'Who answers?' }] };
  const startedMs = performance.now();
  const { message, response } = isStream
    ? await streamed(client, question, options)
    : await whole(client, question, options);
  return {
    upstream: response.headers.get('x-claude-proxy-upstream'),
    fallback: response.headers.get('x-claude-proxy-fallback'),
    status: response.status,
    milliseconds: Math.round(performance.now() - startedMs),
    text: message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    inputTokens: message.usage.input_tokens,
    outputTokens: message.usage.output_tokens,
    pings: listener.pings,
  };
}

type Question = Anthropic.MessageCreateParamsNonStreaming;
type Answered = { message: Anthropic.Message; response: Response };

async function whole(client: Anthropic, question: Question, options: Anthropic.RequestOptions): Promise<Answered> {
  const { data, response } = await client.messages.create(question, options).withResponse();
  return { message: data, response };
}

async function streamed(client: Anthropic, question: Question, options: Anthropic.RequestOptions): Promise<Answered> {
  const stream = client.messages.stream(question, options);
  const { response } = await stream.withResponse();
  return { message: await stream.finalMessage(), response };
}

/** Counts the pings of a stream before the SDK reads it. */
class PingListener {
  pings = 0;

  async fetch(...request: Parameters<typeof fetch>): Promise<Response> {
    const response = await fetch(...request);
    if (!response.body) return response;
    let tail = '';
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        const parts = (tail + Buffer.from(chunk).toString('latin1')).split('event: ping\n');
        this.pings += parts.length - 1;
        tail = parts.at(-1)!.slice(-'event: ping'.length);
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(count), response);
  }
}
