import type { ClaudeModel } from '@claude-proxy/claude-models';
import type { CallerOptions, ToolChoiceOption, Translated } from '../caller-options.js';
import { cachingOf, toolResult, toolUse } from '../chat/chat-to-anthropic.js';
import { type ContentPart, documentBlock, imageBlock } from '../content-parts.js';
import { Conversation, textBlock } from '../conversation.js';
import { type JsonObject, textOf } from '../json-object.js';
import { translatedRequest } from '../messages-body.js';
import { invalid, quoted, unsupported } from '../refusals.js';
import {
  type InputItem,
  type ResponsesRequest,
  readItem,
  readResponsesRequest,
  readTool,
} from './responses-request.js';

export interface TranslatedResponses extends Translated {
  /** What the answer repeats of the request. */
  readonly request: ResponsesRequest;
}

/**
 * A body of the Responses API as a Messages body.
 *
 * @throws GatewayError naming what is at fault or not supported
 */
export function responsesToAnthropic(members: JsonObject, modelOf: (name: string) => ClaudeModel): TranslatedResponses {
  const { request, ignored } = readResponsesRequest(members);
  const model = modelOf(request.model);
  const conversation = conversationOf(request, model);
  const translated = translatedRequest({
    conversation,
    options: optionsOf(request, model, conversation.hasToolCalls),
    isJson: request.text?.format?.type === 'json_object',
    isStream: request.stream ?? false,
    ignored,
  });
  return { ...translated, request };
}

function conversationOf({ instructions, input }: ResponsesRequest, model: ClaudeModel): Conversation {
  const conversation = new Conversation(model.takesSystemTurns);
  if (instructions) conversation.system(instructions);
  if (typeof input === 'string') conversation.say('user', [textBlock(input)]);
  else {
    for (const [index, given] of input.entries()) {
      const param = `input[${index}]`;
      const item = readItem(given, param);
      if (item) tell(conversation, item, param);
    }
  }
  return conversation;
}

function tell(conversation: Conversation, item: InputItem, param: string): void {
  if (item.kind === 'function_call') {
    conversation.say('assistant', [toolUse(item.call_id, item, `${param}.arguments`)]);
  } else if (item.kind === 'function_call_output') {
    conversation.say('user', [toolResult(item.call_id, blocksOf(item.output, `${param}.output`))]);
  } else if (item.role === 'user' || item.role === 'assistant') {
    conversation.say(item.role, blocksOf(item.content, `${param}.content`));
  } else {
    conversation.system(textsIn(blocksOf(item.content, `${param}.content`), `${param}.content`));
  }
}

function textsIn(blocks: readonly JsonObject[], param: string): string {
  if (blocks.some(({ type }) => type !== 'text')) throw unsupported(param, 'a system message is text only');
  return blocks.map(({ text }) => textOf(text)).join('\n');
}

function blocksOf(content: string | readonly ContentPart[], param: string): JsonObject[] {
  if (typeof content === 'string') return [textBlock(content)];
  return content.map((part, index) => blockOf(part, `${param}[${index}]`));
}

function blockOf(part: ContentPart, param: string): JsonObject {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
      return textBlock(textOf(part.text));
    case 'refusal':
      return textBlock(textOf(part.refusal));
    case 'input_image':
      if (typeof part.image_url === 'string') return imageBlock(part.image_url, `${param}.image_url`);
      throw unsupported(param, 'an image needs an image_url here');
    case 'input_file':
      return documentBlock(part, param);
    default:
      throw unsupported(param, `Claude has no content of type ${quoted(part.type)}`);
  }
}

function optionsOf(request: ResponsesRequest, model: ClaudeModel, hasToolCalls: boolean): CallerOptions {
  const format = request.text?.format;
  const tools = (request.tools ?? []).map((tool, index) => readTool(tool, `tools[${index}]`));
  const toolChoice = choiceOf(request.tool_choice);
  if (toolChoice?.kind === 'named' && !tools.some(({ name }) => name === toolChoice.name)) {
    throw invalid('tool_choice', `tool_choice names ${quoted(toolChoice.name)}, which is not among the tools.`);
  }
  return {
    model,
    maxTokens: request.max_output_tokens,
    temperature: request.temperature,
    topP: request.top_p,
    tools,
    toolChoice,
    isParallel: request.parallel_tool_calls,
    effort: request.reasoning?.effort,
    schema: format?.type === 'json_schema' ? format.schema : undefined,
    user: request.safety_identifier ?? request.user,
    serviceTier: request.service_tier,
    caching: cachingOf(request),
    hasToolCalls,
  };
}

function choiceOf(choice: ResponsesRequest['tool_choice']): ToolChoiceOption | undefined {
  if (!choice) return undefined;
  return typeof choice === 'string' ? { kind: choice } : { kind: 'named', name: choice.name };
}
