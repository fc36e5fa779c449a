import { describe, expect, it } from '@jest/globals';
import { hasKeyPrefix, newKeyText, parseKeyText } from './key-text.js';

describe('a client key', () => {
  it('has the documented form, a public id and a secret that differ from key to key', () => {
    const keys = Array.from({ length: 200 }, () => newKeyText());
    for (const key of keys) expect(key).toMatch(/^ccp_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}$/);
    expect(new Set(keys.map((key) => key.slice(4, 12))).size).toBe(200);
    expect(new Set(keys.map((key) => key.slice(13))).size).toBe(200);
  });

  it('parses to its id and its SHA-256', () => {
    const key = newKeyText('AbCd0123');
    expect(parseKeyText(key)).toEqual({ kind: 'key', id: 'AbCd0123', digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is misspelled if any one character is another one, missing or doubled', () => {
    const key = newKeyText();
    for (let at = 'ccp_'.length; at < key.length; at += 1) {
      const other = key[at] === 'x' ? 'y' : 'x';
      for (const middle of [other, '', key[at]! + key[at]!]) {
        const wrong = key.slice(0, at) + middle + key.slice(at + 1);
        if (wrong !== key) expect([wrong, parseKeyText(wrong)]).toEqual([wrong, { kind: 'misspelled' }]);
      }
    }
  });

  it('is misspelled if two neighbors are swapped', () => {
    const key = newKeyText();
    for (let at = 'ccp_'.length; at < key.length - 1; at += 1) {
      const wrong = key.slice(0, at) + key[at + 1]! + key[at]! + key.slice(at + 2);
      if (wrong !== key) expect(parseKeyText(wrong)).toEqual({ kind: 'misspelled' });
    }
  });

  it('can be imported from the predecessor, under an id of its digest', () => {
    const key = `ccf_${'0123456789abcdef'.repeat(4)}`;
    expect(parseKeyText(key)).toMatchObject({ kind: 'key', id: expect.stringMatching(/^[0-9A-Za-z]{8}$/) });
    expect(parseKeyText(key)).toEqual(parseKeyText(key));
    expect(parseKeyText(key.slice(0, -1))).toEqual({ kind: 'misspelled' });
  });

  it.each(['sk-ant-api03-a', 'proxy-mode', '', 'CCP_x', ' ccp_'])('is not %j', (text) => {
    expect([hasKeyPrefix(text), parseKeyText(text)]).toEqual([false, undefined]);
  });
});
