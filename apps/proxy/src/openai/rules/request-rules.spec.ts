import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { READ_ITEM_TYPES } from '../conversation/read-entries.js';
import { requestShape } from '../request-shape.js';
import { translated } from '../testing/translated.js';
import { ITEM_RULES, MEMBER_RULES, TOOL_RULES } from './request-rules.js';
import { rulesPage } from './rules-page.js';

const PAGE = new URL('../../../../../docs/openai.md', import.meta.url);
/** Read beside the shape, because of their many forms. */
const READ_ELSEWHERE = ['cache_control', 'prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention'];

describe('the rules of a request', () => {
  it('are those of docs/openai.md, as `npm run docs:openai` prints it', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(rulesPage());
  });

  it('name each member that is read as taken, and no other', () => {
    const taken = MEMBER_RULES.filter(({ fate }) => fate === 'taken').map(({ name }) => name);
    expect(taken.sort()).toEqual([...Object.keys(requestShape.shape), ...READ_ELSEWHERE].sort());
  });

  it('name each item that is read as taken, and no other', () => {
    expect(
      ITEM_RULES.filter(({ fate }) => fate === 'taken')
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual([...READ_ITEM_TYPES].sort());
  });

  it.each(MEMBER_RULES.filter(({ fate }) => fate === 'left_out'))('leave $name out and name it', ({ name }) => {
    expect(translated('chat', { [name]: { some: 'value' } }).leftOut).toEqual([name]);
    expect(translated('responses', { [name]: { some: 'value' } }).leftOut).toEqual([name]);
    expect(translated('chat', { [name]: null }).leftOut).toEqual([]);
  });

  it.each(MEMBER_RULES.filter(({ fate }) => fate === 'refused'))('refuse $name by its place', ({ name, note }) => {
    expect(() => translated('chat', { [name]: 'some' })).toThrow(`${name} is not supported: ${note}.`);
  });

  it.each(TOOL_RULES.filter(({ fate }) => fate === 'left_out'))('leave a tool of the kind $kind out', ({ kind }) => {
    expect(translated('responses', { tools: [{ type: kind }] }).leftOut).toEqual([`tools[0]:${kind}`]);
  });

  it('leave what they do not know out, and name it', () => {
    const { leftOut } = translated('responses', {
      hologram: 3,
      input: [{ role: 'user', content: 'hello' }, { type: 'item_reference', id: 'msg_1' }, { type: 'dream_call' }],
    });
    expect(leftOut).toEqual(['input[1]:item_reference', 'input[2]:dream_call', 'hologram']);
  });
});
