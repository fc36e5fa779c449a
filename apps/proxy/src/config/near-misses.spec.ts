import { describe, expect, it } from '@jest/globals';
import { text } from './kinds.js';
import { nearMisses } from './near-misses.js';
import { section, setting } from './section.js';

const OURS = [
  section('door', 'Where one comes in.', {
    width: setting('DOOR_WIDTH', text, 'In metres.'),
    height: setting('DOOR_HEIGHT', text, 'In metres.'),
    bell: setting('BELL', text, 'Rings.'),
  }),
];

describe('nearMisses', () => {
  it.each([
    ['a letter left out', 'DOOR_WIDT'],
    ['a letter too many', 'DOOR_WIDDTH'],
    ['two letters exchanged', 'DOOR_WITDH'],
    ['two wrong letters', 'DOOR_VIDDH'],
  ])('names what was probably meant: %s', (_name, mistyped) => {
    expect(nearMisses({ [mistyped]: '1' }, OURS)).toEqual([
      `${mistyped} is not a variable of the gateway and is ignored. Is DOOR_WIDTH meant?`,
    ]);
  });

  it.each([
    ['our own', { DOOR_WIDTH: '1' }],
    ['what resembles one that is set', { DOOR_WIDTH: '1', DOOR_WIDTHS: '1' }],
    ['three edits', { DOOR_WIXYZ: '1' }],
    ['another beginning', { BOOR_WIDTH: '1' }],
    ['short names', { BELLS: '1', BELL_: '1' }],
  ])('says nothing of %s', (_name, environment) => {
    expect(nearMisses(environment, OURS)).toEqual([]);
  });
});
