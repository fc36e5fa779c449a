import { measureCost } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { isBatchObjectPath, withOwnResultsUrls } from './results-url.js';

describe('results_url', () => {
  it('leads back to the gateway', async () => {
    const body =
      '{"id":"msgbatch_1","results_url" : "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results","n":1.0}';
    expect(String(await withOwnResultsUrls(Buffer.from(body), 'http://gw:8080/user/alice'))).toBe(
      '{"id":"msgbatch_1","results_url" : "http://gw:8080/user/alice/v1/messages/batches/msgbatch_1/results","n":1.0}',
    );
  });

  it('leaves bytes that are not UTF-8 as they are', async () => {
    const body = Buffer.from('{"results_url":"https://a/v1/messages/batches/b/results","text":"\xff\xfe"}', 'latin1');
    const rewritten = await withOwnResultsUrls(body, 'http://gw');
    expect(rewritten.subarray(-6)).toEqual(body.subarray(-6));
  });

  it('leaves bodies without one as they are', async () => {
    const body = '{"results_url":null,"text":"https://api.anthropic.com/v1/messages/batches/x/results"}';
    expect(String(await withOwnResultsUrls(Buffer.from(body), 'http://gw'))).toBe(body);
  });

  it.each([
    ['of another host and a path before it', 'https://a.example/base/v1/messages/batches/b/results', true],
    ['of another path', 'https://a.example/v1/files/f', false],
    ['of a host that looks like the path', 'https://a.example?/v1/messages', false],
  ])('is changed where it is one %s', async (_name, url, isChanged) => {
    const body = (value: string) => `{"results_url":"${value}"}`;
    const expected = isChanged ? body('http://gw/v1/messages/batches/b/results') : body(url);
    expect(String(await withOwnResultsUrls(Buffer.from(body(url)), 'http://gw'))).toBe(expected);
  });

  const MIB = 1024 * 1024;
  it.each([
    ['a URL without an end', `{"results_url":"https://${'a'.repeat(16 * MIB)}`],
    ['URLs without an end', '"results_url":"https://'.repeat(700_000)],
    ['a path without an end', `{"results_url":"https://a/${'/v1/messages/batches/'.repeat(700_000)}`],
    ['blanks without an end', `{"results_url"${' '.repeat(16 * MIB)}`],
  ])('is looked for in bounded time in %s', async (_name, body) => {
    const cost = measureCost();
    expect(String(await withOwnResultsUrls(Buffer.from(body), 'http://gw'))).toBe(body);
    expect(cost()).toBeLessThan(5_000);
  });

  it.each([
    ['/v1/messages/batches', true],
    ['/v1/messages/batches?limit=20', true],
    ['/v1/messages/batches/msgbatch_1', true],
    ['/v1/messages/batches/msgbatch_1/cancel', true],
    ['/v1/messages/batches/msgbatch_1/results', false],
    ['/v1/files/file_1', false],
  ])('is looked for in answers of %s: %s', (path, isObject) => {
    expect(isBatchObjectPath(path)).toBe(isObject);
  });
});
