import Anthropic from '@anthropic-ai/sdk';
import { lifecycleOf, MODELS } from '@claude-proxy/claude-models';
import { type AnthropicSimulator, startAnthropicSimulator } from '@claude-proxy/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

let anthropic: AnthropicSimulator;
beforeAll(async () => {
  anthropic = await startAnthropicSimulator();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => anthropic.close());

/** The day in the SDK's warning of a deprecated model, as in `end-of-life on January 22nd, 2027`. */
async function endAccordingToTheSdk(model: string): Promise<string | undefined> {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => {});
  const client = new Anthropic({ apiKey: 'sk-ant-test-1', baseURL: anthropic.url, maxRetries: 0 });
  await client.messages.create({ model, max_tokens: 10, messages: [{ role: 'user', content: 'hello' }] });
  const text = warn.mock.calls.flat().join('\n');
  const day = /end-of-life on (\w+ \d+)\w*, (\d{4})/.exec(text);
  return day ? new Date(`${day[1]}, ${day[2]} UTC`).toISOString().slice(0, 10) : undefined;
}

describe('the table of models agrees with the SDK of Anthropic', () => {
  /** The SDK forgets a model that is retired. */
  const current = MODELS.filter((model) => lifecycleOf(model, Date.now()) !== 'retired');

  it.each(current.map(({ id, retires }) => [id, retires] as const))('on the end of %s', async (model, retires) => {
    expect(await endAccordingToTheSdk(model)).toBe(retires);
  });
});
