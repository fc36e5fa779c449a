import { Module } from '@nestjs/common';
import { UsageRecorder } from './usage.recorder.js';

/**
 * Tokens per user and day.
 *
 * Promises: every answer is counted once, by what it said itself; counting never slows or breaks an answer; what could
 * not be written waits. May enter: reading counts, adding them up. Must not: the text of prompts and answers.
 */
@Module({ providers: [UsageRecorder], exports: [UsageRecorder] })
export class UsageModule {}
