import { gzipSync } from 'node:zlib';
import { ClaudeModels } from '@claude-proxy/claude-models';
import type { UpstreamRequest } from '@claude-proxy/upstream';
import { describe, expect, it } from '@jest/globals';
import { acceptanceOf } from './bedrock-acceptance.js';
import { targetOf } from './models.js';

const models = new ClaudeModels();

type Body = Record<string, unknown>;

const CONFIG = { region: 'us-east-1', profile: 'auto', modelMap: {} } as const;

function accept(changes: Body = {}, more: Partial<UpstreamRequest> = {}) {
  const json: Body = {
    model: 'claude-opus-5-5',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'hi' }],
    ...changes,
  };
  const request: UpstreamRequest = {
    operation: 'messages',
    path: '/v1/messages',
    headers: [],
    body: Buffer.from(JSON.stringify(json)),
    model: json.model as string,
    isStream: true,
    user: 'alice',
    json: () => json,
    ...more,
  };
  return acceptanceOf(request, targetOf(request.model, CONFIG, models), CONFIG.region);
}
const reasonOf = (changes?: Body, more?: Partial<UpstreamRequest>) =>
  (accept(changes, more) as { reason?: string }).reason;
const content = (...blocks: unknown[]) => ({ messages: [{ role: 'user', content: blocks }] });

describe('acceptanceOf', () => {
  it.each<[string, Body]>([
    ['a plain request', {}],
    [
      'tools that the client runs',
      { tools: [{ name: 'a' }, { type: 'custom', name: 'b' }, { type: 'bash_20250124' }, { type: 'memory_20250818' }] },
    ],
    ['computer use', { tools: [{ type: 'computer_20251124' }, { type: 'text_editor_20250728' }] }],
    [
      'tool search',
      { tools: [{ type: 'tool_search_tool_regex_20251119' }, { name: 'a', defer_loading: true, strict: true }] },
    ],
    ['direct callers', { tools: [{ name: 'a', allowed_callers: ['direct'] }] }],
    ['no servers', { mcp_servers: [], container: null }],
    ['an effort', { output_config: { effort: 'low' } }],
    ['a format, which Bedrock itself checks', { output_config: { format: { type: 'json_schema' } } }],
    ['an unknown tool type, which Bedrock itself checks', { tools: [{ type: 'telepathy_20270101' }] }],
    ['results of server tools in the history', content({ type: 'web_search_tool_result' })],
    ['calls of server tools in the history', content({ type: 'server_tool_use', name: 'web_search' })],
    ['MCP in the history', content({ type: 'mcp_tool_use' })],
    ['calls by programs in the history', content({ type: 'tool_use', caller: { type: 'code_execution_20260120' } })],
    [
      'the history of a tool search on a model without',
      { model: 'claude-opus-4-7', ...content({ type: 'tool_search_tool_result' }) },
    ],
    ['data that may be anywhere', { inference_geo: 'global' }],
    ['data that stays where the profile is', { inference_geo: 'us' }],
    ['base64 images', content({ type: 'image', source: { type: 'base64', data: '' } })],
    ['text that mentions urls', content({ type: 'text', text: '"source":{"type":"url"}' })],
    ['a tool whose input looks like a source', content({ type: 'tool_use', input: { source: { type: 'url' } } })],
    [
      'the history of a tool search',
      content({ type: 'server_tool_use', name: 'tool_search_tool_regex' }, { type: 'tool_search_tool_result' }),
    ],
    ['a compaction', content({ type: 'compaction' })],
    ['changes of tools', { messages: [{ role: 'system', content: [{ type: 'tool_addition' }] }] }],
    ['a thread that goes on, which send() answers', { thread: { type: 'continue', previous_message_id: 'a' } }],
    ['messages that are not a list, for Bedrock to refuse', { messages: 'hi', tools: 'x' }],
    ['null among blocks', { messages: [null, { role: 'user', content: [null, 1] }], tools: [null] }],
    ['a Bedrock id', { model: 'eu.anthropic.claude-opus-5-5' }],
  ])('takes %s', (_name, changes) => {
    expect(accept(changes)).toEqual({ accepted: true });
  });

  it.each<[string, Body, RegExp]>([
    ['an unknown model', { model: 'claude-opus-9' }, /claude-opus-9/],
    ['web search', { tools: [{ type: 'web_search_20260318' }] }, /web_search/],
    ['web fetch', { tools: [{ type: 'web_fetch_20250910' }] }, /web_fetch/],
    ['code execution', { tools: [{ name: 'a' }, { type: 'code_execution_20260521' }] }, /code_execution/],
    ['an advisor', { tools: [{ type: 'advisor_20260301' }] }, /advisor/],
    ['a computer toolset', { tools: [{ type: 'computer_toolset_20260801' }] }, /computer_toolset/],
    ['a browser toolset', { tools: [{ type: 'browser_toolset_20260801' }] }, /browser_toolset/],
    ['an MCP toolset', { tools: [{ type: 'mcp_toolset' }] }, /mcp_toolset/],
    ['programmatic calls', { tools: [{ name: 'a', allowed_callers: ['code_execution_20260120'] }] }, /programmatic/],
    ['MCP servers', { mcp_servers: [{ url: 'x' }] }, /mcp_servers/],
    ['data that must stay elsewhere', { inference_geo: 'eu' }, /inference_geo eu/],
    ['a container', { container: 'c' }, /container/],
    ['an image by URL', content({ type: 'image', source: { type: 'url', url: 'x' } }), /url sources/],
    ['a document by file', content({ type: 'document', source: { type: 'file', file_id: 'x' } }), /file sources/],
    [
      'an image by URL in a tool result',
      content({ type: 'tool_result', content: [{ type: 'image', source: { type: 'url' } }] }),
      /url/,
    ],
    [
      'an image by URL inside a document',
      content({ type: 'document', source: { type: 'content', content: [{ type: 'image', source: { type: 'url' } }] } }),
      /url/,
    ],
    ['uploads', content({ type: 'container_upload' }), /container_upload/],
    ['a compaction on a model without', { model: 'claude-opus-5', ...content({ type: 'compaction' }) }, /compaction/],
    [
      'changes of tools on a model without',
      { model: 'claude-sonnet-4-6', ...content({ type: 'tool_removal' }) },
      /tool_removal/,
    ],
  ])('rejects %s', (_name, changes, reason) => {
    expect(reasonOf(changes)).toMatch(reason);
  });

  it('accepts count_tokens for a model with a base id, and rejects an application profile, which has none', () => {
    const operation = 'count_tokens' as const;
    expect(accept({}, { operation })).toEqual({ accepted: true });
    const model = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc';
    expect(reasonOf({ model }, { operation })).toMatch(/counts the tokens of base models only/);
  });

  it.each([
    ['broken JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('rejects %s', (_name, body) => {
    expect(reasonOf({}, { body: Buffer.from(body) })).toMatch(/JSON/);
  });

  it('rejects a body over 20 MB, compressed or not', () => {
    const big = { system: 'x'.repeat(20_000_000) };
    expect(reasonOf(big)).toMatch(/over 20 MB/);
    const body = gzipSync(JSON.stringify(big));
    expect(reasonOf(big, { body, headers: ['Content-Encoding', 'gzip'] })).toMatch(/over 20 MB/);
    expect(reasonOf({ system: 'x'.repeat(19_000_000) })).toBeUndefined();
  });

  it('rejects a prompt for 1M tokens if the model has 200k', () => {
    const long = { model: 'claude-sonnet-4-5', system: 'x'.repeat(900_000) };
    const headers = ['anthropic-beta', 'context-1m-2025-08-07'];
    expect(reasonOf(long, { headers })).toMatch(/200000 tokens/);
    expect(reasonOf(long)).toBeUndefined();
    expect(reasonOf({ ...long, model: 'claude-opus-5-5' }, { headers })).toBeUndefined();
    expect(reasonOf({ ...long, system: 'x' }, { headers })).toBeUndefined();
    expect(reasonOf({ ...long, model: 'claude-sonnet-4-5[1m]' })).toMatch(/200000 tokens/);
    const image = { type: 'image', source: { type: 'base64', data: 'x'.repeat(900_000) } };
    expect(reasonOf({ model: 'claude-sonnet-4-5', ...content(image) }, { headers })).toBeUndefined();
  });
});
