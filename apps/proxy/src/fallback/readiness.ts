import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness } from '@claude-proxy/upstream';
import { Logger } from '@nestjs/common';
import type { NamedUpstream } from './upstream.registry.js';

const logger = new Logger('Readiness');

/** Asks an upstream how it is, for so long at most; never throws. */
export async function readinessOf(upstream: NamedUpstream, patienceMs: number): Promise<Readiness> {
  const late = sleep(patienceMs, { isUsable: false, detail: 'no answer' }, { ref: false });
  return Promise.race([askedOf(upstream), late]);
}

/** A provider of a team may break its promise not to throw. What it says then may be a secret, so only the log has it. */
async function askedOf({ name, provider }: NamedUpstream): Promise<Readiness> {
  try {
    const { isUsable, detail } = (await provider.readiness?.()) ?? { isUsable: true, detail: '' };
    return { isUsable, detail };
  } catch (error) {
    logger.error(`❌ ${name} does not report whether it is ready: ${String(error)}`);
    return { isUsable: false, detail: 'unknown, see the log' };
  }
}
