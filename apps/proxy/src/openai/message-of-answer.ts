import { JsonView } from '@claude-proxy/messages-api';
import { RawJson } from './conversation/call-arguments.js';
import { isJsonObject, type JsonObject, objectsIn } from './json-object.js';

/** A Message, with the inputs of its calls as they came; undefined for any other text. */
export function messageOfAnswer(body: Buffer): JsonObject | undefined {
  try {
    const message: unknown = JSON.parse(body.toString());
    if (!isJsonObject(message)) return undefined;
    if (objectsIn(message.content).some(({ type }) => type === 'tool_use')) keepInputs(message, body);
    return message;
  } catch {
    return undefined;
  }
}

function keepInputs({ content }: JsonObject, body: Buffer): void {
  const views = JsonView.of(body).get('content')?.items() ?? [];
  for (const [index, block] of (content as unknown[]).entries()) {
    const input = views[index]?.get('input');
    if (isJsonObject(block) && block.type === 'tool_use' && input?.isObject) block.input = new RawJson(input.raw());
  }
}
