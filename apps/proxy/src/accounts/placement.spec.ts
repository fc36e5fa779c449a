import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capacityOf, type Place, rankedPlaces } from './placement.js';

const sessionOf = (index: number) => createHash('sha256').update(String(index)).digest('hex');
const place = (id: string, weight = 1): Place => ({ id, weight, organization: id });
const shareOf = (places: readonly Place[], sessions = 6_000) => {
  const counts = new Map<string, number>();
  for (let index = 0; index < sessions; index += 1) {
    const { id } = rankedPlaces(places, sessionOf(index))[0]!;
    counts.set(id, (counts.get(id) ?? 0) + 1 / sessions);
  }
  return places.map(({ id }) => counts.get(id) ?? 0);
};

describe('the placement of sessions', () => {
  it('is the same for any order of the places', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ids, fc.nat(), (given, index) => {
        const places = given.map((id) => place(id));
        const ranked = (list: readonly Place[]) => rankedPlaces(list, sessionOf(index)).map(({ id }) => id);
        expect(ranked([...places].reverse())).toEqual(ranked(places));
      }),
    );
  });

  it('moves the sessions of a place that goes away, and no others', () => {
    const places = ['a', 'b', 'c', 'd'].map((id) => place(id));
    const left = places.filter(({ id }) => id !== 'c');
    for (let index = 0; index < 500; index += 1) {
      const before = rankedPlaces(places, sessionOf(index))[0]!.id;
      if (before !== 'c') expect(rankedPlaces(left, sessionOf(index))[0]!.id).toBe(before);
    }
  });

  it('follows the weights', () => {
    const [a, b, c] = shareOf([
      place('acc_000000000001', 1),
      place('acc_000000000002', 2),
      place('acc_000000000003', 1),
    ]);
    expect([a, b, c].map((share) => Math.round(share! * 20) / 20)).toEqual([0.25, 0.5, 0.25]);
  });

  it('never uses a place of weight 0 while there is another one', () => {
    expect(shareOf([place('a', 0), place('b')], 256)).toEqual([0, 1]);
  });
});

describe('the capacity of an organization', () => {
  it('is its share of all sessions and 15 percent, and at least one', () => {
    expect(capacityOf(1, 3, 0)).toBe(1);
    expect(capacityOf(1, 3, 39)).toBe(16);
    expect(capacityOf(2, 4, 99)).toBe(57);
  });
});
