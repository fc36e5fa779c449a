import { walkedMegabytes } from '@claude-proxy/messages-api/testing';
import { describe, expect, it } from '@jest/globals';
import { looksLikeKey, withMaskedKeys } from './masked-keys.js';

describe('withMaskedKeys', () => {
  it.each([
    ['invalid key sk-ant-api03-abc_DEF-123!', 'invalid key sk-***!'],
    ['invalid key "sk-proj-0123456789"', 'invalid key "sk-***"'],
    ['SK-ANT-API03-ABCDEFGHIJ', 'sk-***'],
    ['my_sk-ant-oat01-abcdefgh', 'my_sk-***'],
    ['prefixsk-ant-api03-abcdefgh', 'prefixsk-***'],
    ['no AKIAIOSFODNN7EXAMPLE here', 'no [key] here'],
    ['no akiaiosfodnn7example here', 'no [key] here'],
    ['ASIAY34FZKBOKMUTVV7A', '[key]'],
    ['authorization: Bearer abc.def', 'authorization: Bearer ***'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-_1 is old', 'token [token] is old'],
    ['eyJhbGciOiJkaXIiLCJl.. is encrypted', '[token] is encrypted'],
    ['sk-ant-api03-one and sk-ant-oat01-two', 'sk-*** and sk-***'],
    ['ccp_0123456789abcdef', '[key]'],
    ['ccf_0123456789abcdef', '[key]'],
    ['ghp_0123456789abcdef0123456789abcdef0123', '[key]'],
    ['github_pat_11AAAAAAA0123456789_abcdef', '[key]'],
    ['ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl', '[key]'],
    ['bedrock-api-key-YmVkcm9jay5hbWF6b25hd3M=', '[key]'],
    ['AIzaSyA0123456789abcdefghijklmnopqrstuv', '[key]'],
    ['xoxb-0123456789-abcdef', '[key]'],
  ])('masks what looks like a key: %s', (text, shown) => {
    expect(withMaskedKeys(text)).toBe(shown);
  });

  it.each([
    ['/v1/files/sk%2Dant%2Dapi03%2Dabcdefgh', '/v1/files/sk-***'],
    ['/v1/files/%73%6b-ant-api03-abcdefgh', '/v1/files/sk-***'],
    ['/v1/files/sk%252Dant%252Dapi03%252Dabcdefgh', '/v1/files/sk-***'],
    ['/v1/files/x?key=Bearer%20abcdefgh', '/v1/files/x?key=Bearer ***'],
  ])('masks what is percent-encoded: %s', (text, shown) => {
    expect(withMaskedKeys(text)).toBe(shown);
  });

  it.each([
    'ask-me-anything-later',
    'Anthropic answered 401',
    'task-0123456789',
    'other side closed',
    'asiapacificnortheast',
    'claude-sonnet-4-5-20250929',
    'us.anthropic.claude-opus-4-5-20251101-v1:0',
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123',
    '/v1/files/file_011CNha8iCJcU1wXNR6q4V8w/content?x=100%25',
    '/v1/messages/batches/msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d',
    '/v1/skills/%ED%95%9C',
    'alice@example.com',
    'broken 100% of %zz',
  ])('leaves everything else: %s', (text) => expect(withMaskedKeys(text)).toBe(text));

  it('keeps no more than 8,192 characters of a text that may hold a key', () => {
    expect(withMaskedKeys(`eyJ${'x'.repeat(1_000_000)}`)).toHaveLength(8_193);
  });

  it.each(['eyJ-', 'sk-', 'Bearer ', '%25', 'AKIA', 'ghp_'])('takes no time for a megabyte of %j', (part) => {
    const text = part.repeat(1_000_000 / part.length);
    expect(walkedMegabytes(() => withMaskedKeys(text))).toBeLessThan(500);
  });
});

describe('looksLikeKey', () => {
  it('is true for a key, and for nothing that a person is called', () => {
    expect(looksLikeKey('sk-ant-api03-abcdefgh')).toBe(true);
    expect(['alice', 'sk', 'sk-lee', 'a.b+c@d', 'kim-asia', '김철수'].filter(looksLikeKey)).toEqual([]);
  });
});
