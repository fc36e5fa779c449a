import { describe, expect, it } from '@jest/globals';
import { ModelLabels } from './model-labels.js';

describe('ModelLabels', () => {
  it('has the names of the first 50 models that were answered, and one for all others', () => {
    const labels = new ModelLabels();
    expect(labels.labelFor('refused', false)).toBe('other');
    for (let index = 0; index < 50; index += 1) expect(labels.labelFor(`m${index}`, true)).toBe(`m${index}`);
    expect(labels.labelFor('m50', true)).toBe('other');
    expect(labels.labelFor('m7', false)).toBe('m7');
    expect([...labels]).toHaveLength(50);
  });

  it('takes no text for a name', () => {
    const labels = new ModelLabels();
    expect(labels.labelFor('not a model', true)).toBe('other');
    expect(labels.labelFor(undefined, false)).toBe('none');
  });
});
