import { describe, expect, it } from '@jest/globals';
import type { Fault } from './behaviours.js';
import { faultySteps, paced, type StreamStep } from './stream-steps.js';

const FRAMES = ['one|', 'twö|', 'three|'].map((text) => Buffer.from(text));
const FAULT_BYTES = { garbage: Buffer.from('#'), failureFrame: Buffer.from('!') };

function rendered(steps: Iterable<StreamStep>): string {
  return [...steps]
    .map((step) =>
      step.act === 'write' ? step.bytes.toString('latin1') : step.act === 'wait' ? `~${step.ms}~` : `<${step.act}>`,
    )
    .join('');
}

function withFault(fault: Fault | undefined): string {
  return rendered(faultySteps(FRAMES, fault, FAULT_BYTES));
}

describe('the steps of a body', () => {
  it.each<[string, Fault | undefined, string]>([
    ['nothing goes wrong', undefined, 'one|twÃ¶|three|<end>'],
    ['cut after one event', { kind: 'cut', afterEvents: 1, insideCharacter: false }, 'one|<destroy>'],
    ['cut after its end', { kind: 'cut', afterEvents: 9, insideCharacter: false }, 'one|twÃ¶|three|<destroy>'],
    ['cut inside a character', { kind: 'cut', afterEvents: 0, insideCharacter: true }, 'one|twÃ<destroy>'],
    ['cut at a byte', { kind: 'cut_at_byte', afterBytes: 6 }, 'one|tw<destroy>'],
    ['ended early', { kind: 'end_early', afterEvents: 2 }, 'one|twÃ¶|<end>'],
    ['silent for a while', { kind: 'silence', afterEvents: 1, silenceMs: 50 }, 'one|~50~twÃ¶|three|<end>'],
    ['garbage in between', { kind: 'garbage', afterEvents: 1 }, 'one|#twÃ¶|three|<end>'],
    ['failing first', { kind: 'failure', afterEvents: 0, failure: { status: 529, name: 'x', message: '' } }, '!<end>'],
  ])('%s', (_name, fault, expected) => {
    expect(withFault(fault)).toBe(expected);
  });

  it('flips a single bit of the next frame', () => {
    const [, second] = [...faultySteps(FRAMES, { kind: 'flipped_bit', afterEvents: 1 }, FAULT_BYTES)];
    const bytes = second?.act === 'write' ? second.bytes : Buffer.alloc(0);
    expect(bytes).toHaveLength(FRAMES[1]?.length ?? -1);
    expect(bytes.equals(FRAMES[1] ?? Buffer.alloc(0))).toBe(false);
  });

  it('pauses after each event and splits events into pieces', () => {
    expect(rendered(paced(faultySteps([Buffer.from('abcde')], undefined, FAULT_BYTES), { splitEveryBytes: 2 }))).toBe(
      'ab~0~cd~0~e~0~<end>',
    );
    expect(rendered(paced(faultySteps(FRAMES.slice(0, 1), undefined, FAULT_BYTES), { chunkDelayMs: 9 }))).toBe(
      'one|~9~<end>',
    );
  });
});
