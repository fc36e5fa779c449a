import { describe, expect, it } from '@jest/globals';
import {
  addressRanges,
  flag,
  hostNames,
  httpUrl,
  type Kind,
  list,
  oneOf,
  secret,
  someOf,
  text,
  textMap,
  webOrigins,
  wholeNumber,
} from './kinds.js';
import type { Secret } from './secret.js';

const read = <Value>(kind: Kind<Value>, given: string): Value | 'refused' => {
  const parsed = kind.schema.safeParse(given);
  return parsed.success ? parsed.data : 'refused';
};

describe('a value of each kind', () => {
  it.each<[name: string, given: string, kind: Kind<unknown>, value: unknown]>([
    ['flag', 'true', flag, true],
    ['flag', 'FALSE', flag, false],
    ['flag', 'perhaps', flag, 'refused'],
    ['text', 'as it is', text, 'as it is'],
    ['list', ' a, b ,,c', list, ['a', 'b', 'c']],
    ['list', ',', list, []],
    ['number', '0', wholeNumber(0, 10), 0],
    ['number', '10', wholeNumber(0, 10), 10],
    ['number', '11', wholeNumber(0, 10), 'refused'],
    ['number', '-1', wholeNumber(0, 10), 'refused'],
    ['number', '1.5', wholeNumber(0, 10), 'refused'],
    ['number', '1e1', wholeNumber(0, 10), 'refused'],
    ['number', '0x1', wholeNumber(0, 10), 'refused'],
    ['choice', 'b', oneOf('a', 'b'), 'b'],
    ['choice', 'B', oneOf('a', 'b'), 'refused'],
    ['choices', 'b, a', someOf('a', 'b'), ['b', 'a']],
    ['choices', 'a,c', someOf('a', 'b'), 'refused'],
    ['URL', 'https://x.example/base', httpUrl, new URL('https://x.example/base')],
    ['URL', 'ftp://x.example', httpUrl, 'refused'],
    ['URL', 'x.example', httpUrl, 'refused'],
    ['URL', 'https://x.example/?a=b', httpUrl, 'refused'],
    ['URL', 'https://x.example/#a', httpUrl, 'refused'],
    ['URL', 'https://user:pw@x.example', httpUrl, 'refused'],
    ['URL', 'https://:pw@x.example', httpUrl, 'refused'],
    [
      'origins',
      'https://Chat.example.com/, http://localhost:3000',
      webOrigins,
      ['https://chat.example.com', 'http://localhost:3000'],
    ],
    ['origins', 'chrome-extension://abc,*', webOrigins, ['chrome-extension://abc', '*']],
    ['origins', 'null, file://', webOrigins, ['null', 'file://']],
    ['origins', 'https://', webOrigins, 'refused'],
    ['origins', 'chat.example.com', webOrigins, 'refused'],
    ['origins', 'https://chat.example.com/path', webOrigins, 'refused'],
    ['hosts', 'Gateway.Example.com, *', hostNames, ['gateway.example.com', '*']],
    ['hosts', 'http://gateway', hostNames, 'refused'],
    ['hosts', 'gateway:8080', hostNames, 'refused'],
    ['map', '{"a":"b"}', textMap, { a: 'b' }],
    ['map', '{"a":1}', textMap, 'refused'],
    ['map', '["a"]', textMap, 'refused'],
    ['map', 'a=b', textMap, 'refused'],
    ['ranges', '10.0.0.0/8, ::1, 127.0.0.1', addressRanges, ['10.0.0.0/8', '::1', '127.0.0.1']],
    ['ranges', '10.0.0.0/33', addressRanges, 'refused'],
    ['ranges', '10.0.0.0/', addressRanges, 'refused'],
    ['ranges', '10.0.0.0/8/8', addressRanges, 'refused'],
    ['ranges', '10.0.0.0/-1', addressRanges, 'refused'],
    ['ranges', 'localhost', addressRanges, 'refused'],
  ])('%s: %j', (_name, given, kind, value) => {
    expect(read(kind, given)).toEqual(value);
  });

  it('hides a secret', () => {
    const value = read(secret, 'hush') as Secret;
    expect([value.reveal(), String(value)]).toEqual(['hush', '[secret]']);
  });
});
