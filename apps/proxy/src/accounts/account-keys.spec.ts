import { describe, expect, it } from '@jest/globals';
import { accountKeys } from './account-keys.js';

const read = (text: string) => accountKeys.schema.parse(text).map(({ name, key }) => [name, key.reveal()]);
const faultOf = (text: string) => accountKeys.schema.safeParse(text).error?.issues[0]?.message;

describe('the list of account keys', () => {
  it('is separated by commas or lines, with names or without', () => {
    expect(read('sk-ant-a, team-b=sk-ant-b\n\nsk-ant-c\r\n')).toEqual([
      ['account-1', 'sk-ant-a'],
      ['team-b', 'sk-ant-b'],
      ['account-3', 'sk-ant-c'],
    ]);
  });

  it('keeps an equals sign at the end of a key, and one inside of a key that begins as keys do', () => {
    expect(read('c2stYW50LXNlY3JldA=,sk-ant-x=y')).toEqual([
      ['account-1', 'c2stYW50LXNlY3JldA='],
      ['account-2', 'sk-ant-x=y'],
    ]);
  });

  it.each([
    ['a=sk-ant-1,a=sk-ant-2', 'two accounts have the same name'],
    ['a=sk-ant-1,b=sk-ant-1', 'two accounts have the same key'],
    ['sk-ant-oat01-x', expect.stringContaining('subscription token')],
    ['sk-ant-admin01-x', expect.stringContaining('Admin API key')],
    ['team a=sk-ant-1', expect.stringContaining('name of an account')],
    ['sk ant', expect.stringContaining('visible ASCII')],
  ])('refuses %j', (text, fault) => {
    expect(faultOf(text)).toEqual(fault);
  });
});
