import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { opened, sealed } from './sealed-text.js';

const key = randomBytes(32);

describe('a sealed text', () => {
  it('opens with its key and for its owner, and hides the text', () => {
    const text = sealed('sk-ant-secret', 'acc_1', key);
    expect(text).not.toContain('secret');
    expect(Buffer.from(text.split('.')[1]!, 'base64url').toString('latin1')).not.toContain('secret');
    expect(opened(text, 'acc_1', key)).toBe('sk-ant-secret');
    expect(sealed('sk-ant-secret', 'acc_1', key)).not.toBe(text);
  });

  it('does not open with another key, for another owner, changed, cut or in another version', () => {
    const text = sealed('sk-ant-secret', 'acc_1', key);
    const bytes = Buffer.from(text.split('.')[1]!, 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect(opened(text, 'acc_1', randomBytes(32))).toBeUndefined();
    expect(opened(text, 'acc_2', key)).toBeUndefined();
    expect(opened(`v1.${bytes.toString('base64url')}`, 'acc_1', key)).toBeUndefined();
    expect(opened(text.slice(0, 20), 'acc_1', key)).toBeUndefined();
    expect(opened(text.replace('v1', 'v2'), 'acc_1', key)).toBeUndefined();
  });
});
