import { describe, expect, it } from '@jest/globals';
import { isCallersMistake } from './callers-mistakes.js';

describe('isCallersMistake', () => {
  it.each([
    'messages.2: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1. Each `tool_use`…',
    'messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_1.',
    'The model returned the following errors: messages.1: `tool_use` ids must be unique',
    'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6291456 bytes > 5242880 bytes',
    'messages.0.content.3.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000',
    'Could not process image',
    'The PDF specified was not valid.',
    'messages: text content blocks must be non-empty',
    'messages.1: all messages must have non-empty content except for the optional final assistant message',
    '`max_tokens` must be greater than `thinking.budget_tokens`.',
  ])('is true of "%s"', (message) => {
    expect(isCallersMistake(message)).toBe(true);
  });

  it.each([
    'messages: nope',
    'tools.0.custom.strict: Extra inputs are not permitted',
    "messages.0.content: Input should be a valid list, got 'image exceeds 5 MB maximum'",
    'Input is too long for requested model.',
    'messages.0.content.0.text: String should have at most 10 characters; could not process image',
  ])('is false of "%s"', (message) => {
    expect(isCallersMistake(message)).toBe(false);
  });
});
