import { describe, expect, it } from '@jest/globals';
import { toCsv } from './to-csv.js';

const rowOf = (...cells: Parameters<typeof toCsv>[1][number]) => toCsv(['a'], [cells]).split('\r\n')[1];

describe('toCsv', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '=HYPERLINK("https://x")'])('disarms %j', (text) => {
    expect(rowOf(text)).toMatch(/^"?'/);
  });

  it('leaves numbers as numbers, and nothing as nothing', () => {
    expect(rowOf(-1.5, 0, true, null)).toBe('-1.5,0,true,');
  });

  it('keeps commas, quotes and line breaks inside a cell', () => {
    expect(toCsv(['a'], [['x,"y"\nz']])).toContain('"x,""y""\nz"');
  });

  it('tells spreadsheets that it is UTF-8', () => {
    expect(toCsv(['사용자'], [])).toBe('\uFEFF사용자\r\n');
  });
});
