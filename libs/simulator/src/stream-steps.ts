import type { DeliveryOptions } from './answer-options.js';
import type { Fault } from './behaviours.js';

/** One step in writing a body. */
export type StreamStep =
  | { readonly act: 'write'; readonly bytes: Buffer }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'destroy' }
  | { readonly act: 'end' };

/** The bytes that a fault needs from the dialect. */
export interface FaultBytes {
  readonly garbage: Buffer;
  readonly failureFrame: Buffer | undefined;
}

/** Turns the frames of an answer into steps, with the fault at its position. */
export function* faultySteps(
  frames: Iterable<Buffer>,
  fault: Fault | undefined,
  faultBytes: FaultBytes,
): Generator<StreamStep> {
  if (fault?.kind === 'cut_at_byte') yield* cutAtByte(frames, fault.afterBytes);
  else if (fault?.kind === 'cut' && fault.insideCharacter) yield* cutInsideCharacter(frames, fault.afterEvents);
  else yield* interrupted(frames, fault, faultBytes);
}

/** Spreads steps over time and over writes: a pause after each write, and each write in pieces. */
export function* paced(
  steps: Iterable<StreamStep>,
  { chunkDelayMs, splitEveryBytes }: DeliveryOptions,
): Generator<StreamStep> {
  const pauseMs = chunkDelayMs ?? (splitEveryBytes === undefined ? undefined : 0);
  for (const step of steps) {
    if (step.act === 'write' && splitEveryBytes !== undefined) yield* inPieces(step.bytes, splitEveryBytes);
    else yield step;
    if (step.act === 'write' && pauseMs !== undefined) yield { act: 'wait', ms: pauseMs };
  }
}

function* interrupted(
  frames: Iterable<Buffer>,
  fault: Exclude<Fault, { kind: 'cut_at_byte' }> | undefined,
  faultBytes: FaultBytes,
): Generator<StreamStep> {
  let eventsWritten = 0;
  for (const frame of frames) {
    const isDue = fault !== undefined && eventsWritten === fault.afterEvents;
    if (isDue && fault.kind === 'flipped_bit') yield { act: 'write', bytes: withFlippedBit(frame) };
    else {
      if (isDue && (yield* interruption(fault, faultBytes))) return;
      yield { act: 'write', bytes: frame };
    }
    eventsWritten += 1;
  }
  if (fault !== undefined && fault.afterEvents >= eventsWritten && (yield* interruption(fault, faultBytes))) return;
  yield { act: 'end' };
}

/** Yields the steps of the fault and returns whether they end the answer. */
function* interruption(
  fault: Exclude<Fault, { kind: 'cut_at_byte' }>,
  { garbage, failureFrame }: FaultBytes,
): Generator<StreamStep, boolean> {
  switch (fault.kind) {
    case 'cut':
      yield { act: 'destroy' };
      return true;
    case 'end_early':
      yield { act: 'end' };
      return true;
    case 'silence':
      yield { act: 'wait', ms: fault.silenceMs };
      return false;
    case 'garbage':
      yield { act: 'write', bytes: fault.bytes ?? garbage };
      return false;
    case 'failure':
      yield { act: 'write', bytes: failureFrame ?? garbage };
      yield { act: 'end' };
      return true;
    case 'flipped_bit':
      return false;
  }
}

function* cutAtByte(frames: Iterable<Buffer>, afterBytes: number): Generator<StreamStep> {
  let bytesLeft = afterBytes;
  for (const frame of frames) {
    yield { act: 'write', bytes: frame.subarray(0, bytesLeft) };
    bytesLeft -= frame.length;
    if (bytesLeft <= 0) break;
  }
  yield { act: 'destroy' };
}

function* cutInsideCharacter(frames: Iterable<Buffer>, afterEvents: number): Generator<StreamStep> {
  let eventsWritten = 0;
  for (const frame of frames) {
    const wideCharacterAt = eventsWritten < afterEvents ? -1 : frame.findIndex((byte) => byte >= 0x80);
    if (wideCharacterAt >= 0) {
      yield { act: 'write', bytes: frame.subarray(0, wideCharacterAt + 1) };
      break;
    }
    yield { act: 'write', bytes: frame };
    eventsWritten += 1;
  }
  yield { act: 'destroy' };
}

function* inPieces(bytes: Buffer, pieceBytes: number): Generator<StreamStep> {
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    if (start > 0) yield { act: 'wait', ms: 0 };
    yield { act: 'write', bytes: bytes.subarray(start, start + pieceBytes) };
  }
}

function withFlippedBit(frame: Buffer): Buffer {
  const flipped = Buffer.from(frame);
  const middle = Math.floor(flipped.length / 2);
  flipped[middle] = (flipped[middle] ?? 0) ^ 1;
  return flipped;
}
