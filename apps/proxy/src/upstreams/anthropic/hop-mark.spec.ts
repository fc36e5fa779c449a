import { describe, expect, it } from '@jest/globals';
import { HopMark } from './hop-mark.js';

const hop = (url: string) => new HopMark(new URL(url));

describe('HopMark', () => {
  it('adds no mark to requests to Anthropic itself', () => {
    const headers = ['Accept', 'a', 'X-Claude-Proxy-Hops', 'one,two'];
    expect(hop('https://api.anthropic.com').marked(headers, 'api.anthropic.com')).toEqual(['Accept', 'a']);
    const unmarked = ['Accept', 'a'];
    expect(hop('https://api.anthropic.com').marked(unmarked, undefined)).toBe(unmarked);
  });

  it('adds a mark that is equal for the same upstream and different for another one', () => {
    const first = hop('http://gateway:8080').marked(['Accept', 'a'], 'localhost:1');
    expect(first).toEqual(['Accept', 'a', 'x-claude-proxy-hops', expect.stringMatching(/^\w{12}$/)]);
    const second = hop('http://other:8080').marked(first, undefined);
    expect(second).toEqual(['Accept', 'a', 'x-claude-proxy-hops', expect.stringMatching(/^\w{12},\w{12}$/)]);
    expect(() => hop('http://gateway:8080').marked(second, undefined)).toThrow(/leads back to this gateway/);
  });

  it('detects a request that arrived under the name of its upstream', () => {
    expect(() => hop('http://gateway:8080').marked([], 'gateway:8080')).toThrow(/leads back to this gateway/);
  });
});
