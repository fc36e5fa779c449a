import { JsonView } from '@claude-proxy/messages-api';
import { walkedMegabytes } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { ToolNames } from './tool-names.js';

const namesOf = (...tools: string[]) =>
  new ToolNames(JsonView.of(Buffer.from(JSON.stringify({ tools: tools.map((name) => ({ name })) }))), 64);

describe('names of tools for Bedrock', () => {
  it('never equal the name of another tool of the request', () => {
    const long = 'x'.repeat(80);
    const short = namesOf(long).shortOf(long)!;
    const other = namesOf(long, short).shortOf(long)!;
    expect(new Set([short, other]).size).toBe(2);
    expect(other).toHaveLength(64);
  });

  it('are equal in every request, and restored', () => {
    const names = namesOf('a.b', 'c');
    expect([names.shortOf('a.b'), names.shortOf('a.b'), names.shortOf('c')]).toEqual([
      namesOf('a.b').shortOf('a.b'),
      namesOf('a.b').shortOf('a.b'),
      undefined,
    ]);
    expect([...names.restored]).toEqual([[names.shortOf('a.b'), 'a.b']]);
  });

  it('take linear time for 20,000 tools, and for a name of 10 MB', () => {
    const tools = Array.from({ length: 20_000 }, (_, index) => `${'t'.repeat(70)}${index}`);
    const names = namesOf(...tools);
    const cost = walkedMegabytes(() => {
      for (const tool of tools) names.shortOf(tool);
    });
    expect(new Set(names.restored.keys()).size).toBe(tools.length);
    expect(cost).toBeLessThan(5_000);
    expect(walkedMegabytes(() => names.shortOf('.'.repeat(10_000_000)))).toBeLessThan(2_000);
  });
});
