import type { JsonView } from '@claude-proxy/messages-api';
import { breakpointOf, ContentHash } from './content-hash.js';
import { CACHED_SETTINGS, type MessageList, type Prompt, type SystemList, type ToolList } from './prompt.js';
import { keptMessages, readMessages } from './read-messages.js';

/** The bytes of a top-level member of a body that is known to be valid; undefined if it is absent. */
export type MemberOf = (name: string) => Buffer | undefined;

/** More tools than any client sends. */
const MAX_PARTS = 5_000;
const CLIENT_BLOCK = 'x-anthropic-billing-header:';

const NO_TOOLS: ToolList = { raw: 0, hashes: [], names: [], deferred: 0, hasBreakpoint: false };
const NO_SYSTEM: SystemList = { raw: 0, hashes: [], clientBlock: -1, hasBreakpoint: false };

/** A prompt that is being read. What is the same as in an earlier prompt is taken from there. */
export class PromptReader {
  private readonly messages: ContentHash;

  /** @throws TypeError if the body has no messages */
  constructor(private readonly memberOf: MemberOf) {
    const messages = memberOf('messages');
    if (!messages) throw new TypeError('the body has no messages');
    this.messages = new ContentHash(messages);
  }

  /** Number of messages at the beginning whose bytes are the same as in an earlier prompt. */
  keptOf(before: MessageList): number {
    return keptMessages(this.messages, before);
  }

  /** @throws TypeError for parts that are not lists, RangeError for too many */
  read(before?: Prompt, kept = before ? this.keptOf(before.messages) : 0): Prompt {
    const messages = readMessages(this.messages, before?.messages, kept);
    return {
      tools: this.tools(before?.tools),
      system: this.system(before?.system),
      messages: this.memberOf('cache_control') ? withLastBreakpoint(messages) : messages,
      settings: this.settings(),
    };
  }

  private tools(before: ToolList | undefined): ToolList {
    const bytes = this.memberOf('tools');
    if (!bytes) return NO_TOOLS;
    const content = new ContentHash(bytes);
    const raw = content.raw(0, bytes.length);
    if (before?.raw === raw) return before;
    const hashes: number[] = [];
    const names: number[] = [];
    let deferred = 0;
    let hasBreakpoint = false;
    for (const tool of partsOf(content)) {
      const hash = content.ofBlock(tool, 0);
      hasBreakpoint ||= breakpointOf(tool) !== undefined;
      if (tool.get('defer_loading')?.raw() === 'true') {
        deferred = content.pair(deferred, hash);
        continue;
      }
      const name = tool.get('name') ?? tool.get('type');
      hashes.push(hash);
      names.push(name ? content.raw(name.start, name.end) : 0);
    }
    return { raw, hashes, names, deferred, hasBreakpoint };
  }

  private system(before: SystemList | undefined): SystemList {
    const bytes = this.memberOf('system');
    if (!bytes) return NO_SYSTEM;
    const content = new ContentHash(bytes);
    const raw = content.raw(0, bytes.length);
    if (before?.raw === raw) return before;
    const blocks = partsOf(content);
    return {
      raw,
      hashes: blocks.map((block) => content.ofBlock(block, 0)),
      clientBlock: blocks.findIndex((block) => block.get('text')?.raw().startsWith(`"${CLIENT_BLOCK}`)),
      hasBreakpoint: blocks.some((block) => breakpointOf(block) !== undefined),
    };
  }

  private settings(): Record<string, number> {
    const settings: Record<string, number> = {};
    for (const name of CACHED_SETTINGS) {
      const bytes = this.memberOf(name);
      if (bytes && bytes.toString() !== 'null') settings[name] = new ContentHash(bytes).raw(0, bytes.length);
    }
    return settings;
  }
}

/** The items of a list; a plain text is its own only part. @throws TypeError, RangeError */
function partsOf(content: ContentHash): readonly JsonView[] {
  const view = content.viewAt(0);
  if (view.isString) return [view];
  if (!view.isArray && !view.isNull) throw new TypeError('tools or system are not a list');
  const parts = view.items();
  if (parts.length > MAX_PARTS) throw new RangeError('the list is too long');
  return parts;
}

/** `cache_control` of the body is a breakpoint at its end. */
function withLastBreakpoint(messages: MessageList): MessageList {
  const { count, blocks, breakpoints } = messages;
  if (count === 0) return messages;
  const last = { message: count, block: blocks[count - 1]!, isForAnHour: false };
  return { ...messages, breakpoints: [...breakpoints, last] };
}
