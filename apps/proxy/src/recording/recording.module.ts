import { Module } from '@nestjs/common';
import { StateModule } from '../state/state.module.js';
import { Recorder } from './recorder.js';

/**
 * Writes down finished exchanges, for every room that keeps something about them.
 *
 * Promises: what a writer writes is stored once, a second later where nothing is busy; an item that cannot be stored
 * takes no other with it; a store that is away delays nothing else. May enter: batching, repeating, splitting, dropping.
 * Must not: what is written, which is each writer's.
 */
@Module({ imports: [StateModule], providers: [Recorder], exports: [Recorder] })
export class RecordingModule {}
