import { describe, expect, it } from '@jest/globals';
import { limitNameOf } from './throttled-routes.js';

describe('limitNameOf', () => {
  it.each([
    ['/v1/messages', 'models'],
    ['/v1/v1/messages', 'models'],
    ['/user/:user_id/v1/messages', 'models'],
    ['/user/:user_id/v1/v1/messages/stream', 'models'],
    ['/v1/chat/completions', 'models'],
    ['/user/:user_id/v1/responses', 'models'],
    ['/v1/messages/count_tokens', 'count_tokens'],
    ['/user/:user_id/v1/messages/count_tokens', 'count_tokens'],
    ['/v1/models', 'models'],
    ['/v1/models/*', 'models'],
    ['/v1/messages/batches', 'models'],
    ['/user/:user_id/v1/v1/messages/batches/*', 'models'],
    ['/v1/files', 'models'],
    ['/user/:user_id/v1/files/*', 'models'],
    ['/v1/skills/*', 'models'],
    ['/v1/usage', undefined],
    ['/health', undefined],
    [undefined, undefined],
  ])('%s counts for %s', (pattern, name) => {
    expect(limitNameOf(pattern)).toBe(name);
  });
});
