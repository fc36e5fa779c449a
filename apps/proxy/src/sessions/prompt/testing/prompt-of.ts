import { membersOfJson } from '@claude-proxy/messages-api';
import type { Prompt } from '../prompt.js';
import { PromptReader } from '../read-prompt.js';

/** A request as a client builds it. */
export interface Body {
  readonly tools?: readonly object[];
  readonly system?: string | readonly object[];
  readonly messages: readonly { readonly role: string; readonly content: string | readonly object[] }[];
  readonly [setting: string]: unknown;
}

export function readerOf(body: Body, indent?: number): PromptReader {
  const bytes = Buffer.from(JSON.stringify(body, undefined, indent));
  const members = membersOfJson(bytes);
  return new PromptReader((name) => {
    const range = members.get(name);
    return range && bytes.subarray(range.start, range.end);
  });
}

export function promptOf(body: Body, before?: Prompt): Prompt {
  return readerOf(body).read(before);
}

export const BREAKPOINT = { cache_control: { type: 'ephemeral' } };

export function textBlock(text: string, more: object = {}): { type: string; text: string } {
  return { type: 'text', text, ...more };
}
