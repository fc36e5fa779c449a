import { describe, expect, it } from '@jest/globals';
import { type KeyIdentity, mayActFor, mayUseEndpoint, mayUseModel } from './key-identity.js';

const key = (change: Partial<KeyIdentity> = {}): KeyIdentity => ({
  ...{ id: 'AbCd0123', user: 'alice', team: null, roles: [], models: null, endpoints: null, limits: {} },
  ...change,
});

describe('a client key', () => {
  it.each<[models: string[] | null, model: string, may: boolean]>([
    [null, 'any', true],
    [[], 'claude-haiku-4-5', false],
    [['claude-haiku-4-5'], 'claude-haiku-4-5', true],
    [['claude-haiku-4-5'], 'claude-haiku-4-5-20251001', false],
    [['claude-haiku-*'], 'claude-haiku-4-5-20251001', true],
    [['*haiku*'], 'us.anthropic.claude-haiku-4-5', true],
    [['*haiku*4-5'], 'claude-haiku-4-5', true],
    [['ab*bc'], 'abc', false],
    [['claude-*'], 'gpt-5', false],
    [['claude-opus-5-5'], 'claude-opus-5-5[1m]', true],
    [['a', '*'], 'whatever', true],
  ])('with the models %j: %s is allowed: %s', (models, model, may) => {
    expect(mayUseModel({ models }, model)).toBe(may);
  });

  it.each<[change: Partial<KeyIdentity>, path: string, may: boolean]>([
    [{}, '/v1/messages', true],
    [{}, '/v1/something-new', true],
    [{ endpoints: ['messages'] }, '/v1/messages?beta=true', true],
    [{ endpoints: ['messages'] }, '/v1/messages/count_tokens', false],
    [{ endpoints: ['messages'] }, '/v1/messages/batches', false],
    [{ endpoints: ['messages'] }, '/v1/something-new', false],
    [{ endpoints: ['models'] }, '/v1/models/claude-opus-5-5', true],
    [{ endpoints: ['responses'] }, '/v1/responses', true],
    [{ endpoints: ['chat_completions'] }, '/v1/responses', false],
    [{ models: ['claude-haiku-*'] }, '/v1/messages/batches', false],
    [{ models: ['claude-haiku-*'] }, '/v1/messages', true],
  ])('with %j: %s is allowed: %s', (change, path, may) => {
    expect(mayUseEndpoint(key(change), path)).toBe(may);
  });

  it('acts for its own user, and for others as a delegate or without a user', () => {
    expect([mayActFor(key(), 'alice'), mayActFor(key(), 'bob')]).toEqual([true, false]);
    expect(mayActFor(key({ roles: ['delegate'] }), 'bob')).toBe(true);
    expect(mayActFor(key({ user: null }), 'bob')).toBe(true);
    expect(mayActFor(key({ roles: ['admin'] }), 'bob')).toBe(false);
  });
});
