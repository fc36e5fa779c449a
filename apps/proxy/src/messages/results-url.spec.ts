import { describe, expect, it } from '@jest/globals';
import { isBatchObjectPath, withOwnResultsUrls } from './results-url.js';

describe('results_url', () => {
  it('leads back to the gateway', () => {
    const body =
      '{"id":"msgbatch_1","results_url" : "https://api.anthropic.com/v1/messages/batches/msgbatch_1/results","n":1.0}';
    expect(withOwnResultsUrls(Buffer.from(body), 'http://gw:8080/user/alice').toString()).toBe(
      '{"id":"msgbatch_1","results_url" : "http://gw:8080/user/alice/v1/messages/batches/msgbatch_1/results","n":1.0}',
    );
  });

  it('leaves bodies without one as they are', () => {
    const body = '{"results_url":null,"text":"https://api.anthropic.com/v1/messages/batches/x/results"}';
    expect(withOwnResultsUrls(Buffer.from(body), 'http://gw').toString()).toBe(body);
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
