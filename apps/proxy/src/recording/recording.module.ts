import { Module } from '@nestjs/common';
import { StateModule } from '../state/state.module.js';
import { Recorder } from './recorder.js';

/**
 * Stores the records of all rooms about finished exchanges.
 *
 * Promises: a write is stored once, within a second if the store is not busy; an item that cannot be stored does not
 * affect others; an unreachable store delays nothing else. May enter: batching, retrying, splitting, dropping.
 * Must not: the content of the records, which belongs to each writer.
 */
@Module({ imports: [StateModule], providers: [Recorder], exports: [Recorder] })
export class RecordingModule {}
