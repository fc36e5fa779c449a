import { describe, expect, it } from '@jest/globals';
import { presentedKey } from './presented-key.js';

const TEXTS = {
  isClientKey: (text: string) => text.startsWith('ccp_'),
  isIgnored: (text: string) => text === 'proxy-mode',
};
const presented = (headers: Record<string, string>) =>
  presentedKey({ headers, rawHeaders: Object.entries(headers).flat() }, TEXTS);

describe('the client key of a request', () => {
  it.each<[headers: Record<string, string>, key: string | undefined]>([
    [{}, undefined],
    [{ 'x-api-key': 'sk-ant-1' }, undefined],
    [{ 'x-api-key': 'sk-ant-1', authorization: 'Bearer sk-ant-2' }, undefined],
    [{ 'x-api-key': 'ccp_a' }, 'ccp_a'],
    [{ authorization: 'bearer  ccp_a ' }, 'ccp_a'],
    [{ 'x-api-key': 'ccp_a', authorization: 'Bearer ccp_a' }, 'ccp_a'],
    [{ 'x-api-key': 'proxy-mode', authorization: 'Bearer ccp_a' }, 'ccp_a'],
    [{ 'x-claude-proxy-key': 'ccp_a' }, 'ccp_a'],
    [{ 'x-claude-proxy-key': 'ccp_a', authorization: 'Bearer sk-ant-2' }, 'ccp_a'],
    [{ 'x-claude-proxy-key': 'ccp_a', 'x-api-key': 'ccp_a' }, 'ccp_a'],
    [{ 'x-claude-proxy-key': 'of any form' }, 'of any form'],
    [{ 'x-claude-proxy-key': ' ', 'x-api-key': 'ccp_a' }, 'ccp_a'],
  ])('in %j is %s', (headers, key) => {
    expect(presented(headers)).toBe(key);
  });

  it.each<Record<string, string>>([
    { 'x-api-key': 'ccp_a', authorization: 'Bearer ccp_b' },
    { 'x-api-key': 'ccp_a', authorization: 'Bearer sk-ant-2' },
    { 'x-api-key': 'sk-ant-1', authorization: 'Bearer ccp_a' },
    { 'x-claude-proxy-key': 'ccp_a', 'x-api-key': 'ccp_b' },
  ])('is refused beside another one: %j', (headers) => {
    expect(() => presented(headers)).toThrow('different credential');
  });

  it('is refused in two lines of one header', () => {
    const rawHeaders = ['x-claude-proxy-key', 'ccp_a', 'X-Claude-Proxy-Key', 'ccp_a'];
    expect(() => presentedKey({ headers: { 'x-claude-proxy-key': 'ccp_a, ccp_a' }, rawHeaders }, TEXTS)).toThrow();
  });
});
