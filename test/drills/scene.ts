import Anthropic from '@anthropic-ai/sdk';
import type { Stage } from './stage.js';

/** What a person at a client sees of one request. */
export interface Seen {
  readonly upstream: string | null;
  readonly fallback: string | null;
  readonly status: number;
  readonly milliseconds: number;
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Asking {
  readonly isStream: boolean;
  readonly model?: string;
  readonly user?: string;
}

/** Asks once, as any program with the official SDK does. */
export async function ask(
  { url }: Stage,
  { isStream, model = 'claude-opus-5-5', user = 'alice' }: Asking,
): Promise<Seen> {
  const client = new Anthropic({ apiKey: 'sk-ant-drill', baseURL: `${url}/user/${user}`, maxRetries: 0 });
  const question = { model, max_tokens: 200, messages: [{ role: 'user' as const, content: 'Who answers?' }] };
  const startedMs = performance.now();
  const { message, response } = isStream ? await streamed(client, question) : await whole(client, question);
  return {
    upstream: response.headers.get('x-claude-proxy-upstream'),
    fallback: response.headers.get('x-claude-proxy-fallback'),
    status: response.status,
    milliseconds: Math.round(performance.now() - startedMs),
    text: message.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
    inputTokens: message.usage.input_tokens,
    outputTokens: message.usage.output_tokens,
  };
}

type Question = Anthropic.MessageCreateParamsNonStreaming;
type Answered = { message: Anthropic.Message; response: Response };

async function whole(client: Anthropic, question: Question): Promise<Answered> {
  const { data, response } = await client.messages.create(question).withResponse();
  return { message: data, response };
}

async function streamed(client: Anthropic, question: Question): Promise<Answered> {
  const stream = client.messages.stream(question);
  const { response } = await stream.withResponse();
  return { message: await stream.finalMessage(), response };
}
