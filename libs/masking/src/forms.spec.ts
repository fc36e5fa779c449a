import { describe, expect, it } from '@jest/globals';
import { detect } from './detection/detect.js';
import { ScannedText } from './detection/scanned-text.js';
import { FORMS } from './forms/forms.js';

const rulesIn = (text: string) => detect(ScannedText.of(text), { hasAddresses: true }).map(({ rule }) => rule);

describe('the forms', () => {
  it('are the 108 of the table', () => {
    expect(FORMS.map(({ number }) => number)).toEqual(Array.from({ length: 108 }, (_, index) => index + 1));
  });

  it.each(FORMS.flatMap(({ name, examples }) => examples.map((example) => [name, example])))(
    '%s finds %s',
    (name, example) => {
      expect(rulesIn(example!)).toContain(name);
    },
  );

  it.each(FORMS.flatMap(({ name, lookAlikes }) => lookAlikes.map((text) => [name, text])))(
    '%s leaves %s alone',
    (name, text) => {
      expect(rulesIn(text!)).not.toContain(name);
    },
  );
});
