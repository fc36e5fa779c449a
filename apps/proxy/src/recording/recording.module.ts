import { Global, Module } from '@nestjs/common';
import { Recorder } from './recorder.js';

/**
 * Writes down finished exchanges, for every room that keeps something about them.
 *
 * Promises: what all ledgers write about an exchange lands together, once, at most a second later; a store that is away
 * holds up nobody. May enter: batching, repeating, dropping. Must not: what is written, which is each ledger's.
 */
@Global()
@Module({ providers: [Recorder], exports: [Recorder] })
export class RecordingModule {}
