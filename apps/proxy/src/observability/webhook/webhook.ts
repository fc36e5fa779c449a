import { setTimeout as sleep } from 'node:timers/promises';
import type { OperatorEvent } from '@claude-proxy/admin-api';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { request } from 'undici';
import { OperatorEvents } from '../../exchange/operator-events.js';
import { signatureOf } from './sign-webhook.js';
import { type WebhookConfig, webhookSection } from './webhook.config.js';

/** Further events are lost, and counted: a receiver that is away must not fill the memory. */
const MAX_WAITING = 1_000;
/** With pauses that double: about two minutes. */
const MAX_TRIES = 9;
const FIRST_PAUSE_MS = 500;
const TIMEOUT_MS = 10_000;
const RETRIED = new Set([408, 425, 429]);

/** Sends events to `WEBHOOK_URL`, one after the other. Without it, nothing listens. */
@Injectable()
export class Webhook implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger('Webhook');
  private readonly waiting: OperatorEvent[] = [];
  private readonly ending = new AbortController();
  private isSending = false;
  delivered = 0;
  lost = 0;

  constructor(
    private readonly events: OperatorEvents,
    @Inject(webhookSection.token) private readonly config: WebhookConfig,
  ) {}

  get isOn(): boolean {
    return this.config.url !== undefined;
  }

  onModuleInit(): void {
    if (this.isOn) this.events.onEvent((event) => this.add(event));
  }

  /** What was not delivered by then is lost. */
  onModuleDestroy(): void {
    this.ending.abort();
  }

  private add(event: OperatorEvent): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.lost += 1;
      return;
    }
    this.waiting.push(event);
    if (!this.isSending) void this.sendAll();
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    for (let event = this.waiting.shift(); event; event = this.waiting.shift()) {
      const failure = await this.deliver(event);
      if (failure === undefined) this.delivered += 1;
      else this.noteLost(event, failure);
    }
    this.isSending = false;
  }

  private noteLost({ id, type }: OperatorEvent, failure: string): void {
    this.lost += 1;
    this.logger.error(`❌ The event ${type} ${id} was not delivered: ${failure}. Check WEBHOOK_URL and its receiver.`);
  }

  /** The reason, if it was not delivered. */
  private async deliver(event: OperatorEvent): Promise<string | undefined> {
    for (let tries = 1; ; tries += 1) {
      const failure = await this.post(event);
      if (failure === undefined) return undefined;
      if (!failure.isPassing || tries >= MAX_TRIES || this.ending.signal.aborted) return failure.reason;
      const pauseMs = FIRST_PAUSE_MS * 2 ** (tries - 1);
      await sleep(pauseMs, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
    }
  }

  private async post(event: OperatorEvent): Promise<{ reason: string; isPassing: boolean } | undefined> {
    const body = JSON.stringify(event);
    const secret = this.config.secret?.reveal();
    try {
      const { statusCode, body: answer } = await request(this.config.url!.reveal(), {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-claude-proxy-event': event.id,
          ...(secret && { 'x-claude-proxy-signature': signatureOf(body, secret, Date.now()) }),
        },
        signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.dump();
      if (statusCode < 300) return undefined;
      // A redirect is a fault of the setting: following it would send events to a host that no operator has named.
      return { reason: `status ${statusCode}`, isPassing: statusCode >= 500 || RETRIED.has(statusCode) };
    } catch (error) {
      // Its message may quote the URL, which is a secret.
      const { code, name } = error as NodeJS.ErrnoException;
      return { reason: code ?? name, isPassing: true };
    }
  }
}
