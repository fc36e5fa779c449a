import { describe, expect, it } from '@jest/globals';
import { checkedHeaderLines } from './checked-header-lines.js';

describe('checkedHeaderLines', () => {
  it('returns lines that Node accepts', () => {
    expect(checkedHeaderLines(['x-team', 'J\u00fcrgen'])).toEqual(['x-team', 'J\u00fcrgen']);
    expect(checkedHeaderLines([])).toEqual([]);
  });

  it.each([
    [['x-odd']],
    [['bad header', 'x']],
    [['x-user', '\u0142ukasz']],
    [['x-lines', 'a\nb']],
    [['Content-Length', '3']],
    [['transfer-encoding', 'chunked']],
  ])('refuses %j', (lines) => {
    expect(() => checkedHeaderLines(lines)).toThrow(TypeError);
  });

  it('never quotes a value', () => {
    expect(() => checkedHeaderLines(['x-key', 'sk-ant-secret\n'])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sk-ant-secret') }),
    );
  });
});
