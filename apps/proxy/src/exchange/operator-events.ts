import { hash } from 'node:crypto';
import type { OperatorEvent } from '@claude-proxy/admin-api';
import { Injectable, Logger } from '@nestjs/common';
import { withMaskedKeys } from './masked-keys.js';

const ID_DIGITS = 20;
/** Events of one process that are not reported a second time. */
const MAX_REMEMBERED = 10_000;

export interface EventReport extends Omit<OperatorEvent, 'id' | 'at'> {
  /**
   * Distinguishes occurrences with the same type and subject, such as a window of a budget and its level. It has to be
   * equal on all tasks, because the id is made of it.
   */
  readonly occurrence: string;
}

export type OperatorEventListener = (event: OperatorEvent) => void;

/**
 * Occurrences that an operator should hear of, from all rooms: each is logged and given to the listeners (live feed,
 * metrics, webhook), once per process.
 */
@Injectable()
export class OperatorEvents {
  private readonly logger = new Logger('Events');
  private readonly listeners: OperatorEventListener[] = [];
  private readonly reported = new Set<string>();

  onEvent(listener: OperatorEventListener): void {
    this.listeners.push(listener);
  }

  /** Never throws. A listener that throws is logged; the others are called. */
  report({ occurrence, ...report }: EventReport): void {
    const id = `evt_${hash('sha256', `${report.type} ${report.subject} ${occurrence}`).slice(0, ID_DIGITS)}`;
    if (this.reported.has(id)) return;
    this.reported.add(id);
    if (this.reported.size > MAX_REMEMBERED) this.reported.delete(this.reported.values().next().value!);
    const event = { id, at: Date.now(), ...report, text: withMaskedKeys(report.text) };
    this.logger.warn(`❌ ${event.text}`);
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.logger.error(`❌ a listener failed on the event ${event.type} ${id}: ${String(error)}`);
      }
    }
  }
}
