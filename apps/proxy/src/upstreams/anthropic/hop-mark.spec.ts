import { describe, expect, it } from '@jest/globals';
import { HopMark } from './hop-mark.js';

const hop = (url: string) => new HopMark(new URL(url));

describe('HopMark', () => {
  it('leaves requests to Anthropic itself as they are, without any mark', () => {
    const headers = ['Accept', 'a', 'X-Claude-Proxy-Hops', 'one,two'];
    expect(hop('https://api.anthropic.com').marked(headers, 'api.anthropic.com')).toEqual(['Accept', 'a']);
    const unmarked = ['Accept', 'a'];
    expect(hop('https://api.anthropic.com').marked(unmarked, undefined)).toBe(unmarked);
  });

  it('adds its mark, which the same upstream makes again and another one does not', () => {
    const first = hop('http://gateway:8080').marked(['Accept', 'a'], 'localhost:1');
    expect(first).toEqual(['Accept', 'a', 'x-claude-proxy-hops', expect.stringMatching(/^\w{12}$/)]);
    const second = hop('http://other:8080').marked(first, undefined);
    expect(second).toEqual(['Accept', 'a', 'x-claude-proxy-hops', expect.stringMatching(/^\w{12},\w{12}$/)]);
    expect(() => hop('http://gateway:8080').marked(second, undefined)).toThrow(/leads back to this gateway/);
  });

  it('knows a request that came under the name of its upstream', () => {
    expect(() => hop('http://gateway:8080').marked([], 'gateway:8080')).toThrow(/leads back to this gateway/);
  });
});
