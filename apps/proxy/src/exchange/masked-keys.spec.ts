import { describe, expect, it } from '@jest/globals';
import { withMaskedKeys } from './masked-keys.js';

describe('withMaskedKeys', () => {
  it.each([
    ['invalid key sk-ant-api03-abc_DEF-123!', 'invalid key sk-***!'],
    ['invalid key "sk-proj-0123456789"', 'invalid key "sk-***"'],
    ['no AKIAIOSFODNN7EXAMPLE here', 'no [key] here'],
    ['authorization: Bearer abc.def', 'authorization: Bearer ***'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig-_1 is old', 'token [token] is old'],
    ['sk-ant-api03-one and sk-ant-oat01-two', 'sk-*** and sk-***'],
  ])('masks what looks like a key: %s', (text, shown) => {
    expect(withMaskedKeys(text)).toBe(shown);
  });

  it.each(['ask-me-anything-later', 'Anthropic answered 401', 'task-0123456789', 'other side closed'])(
    'leaves everything else: %s',
    (text) => expect(withMaskedKeys(text)).toBe(text),
  );
});
