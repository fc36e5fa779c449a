import { Worker } from 'node:worker_threads';
import { ClaudeModels } from '@claude-proxy/claude-models';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../exchange/gateway-error.js';
import { type OpenAiConfig, openAiSection } from './openai.config.js';
import type { Form } from './openai-to-anthropic.js';
import { invalid } from './refusals.js';
import type { TranslatedBytes } from './translation.js';
import type { TranslationJob, TranslationOutcome, TranslationSettings } from './translation.worker.js';

/** A large body takes half a second; the second thread serves others meanwhile. */
const MAX_THREADS = 2;
const MAX_IDLE_MS = 60_000;
/** No body takes so long on a machine that works. */
const MAX_JOB_MS = 30_000;
/** A body of 32 MiB takes some 250 MB at its worst. */
const RESOURCES = { maxOldGenerationSizeMb: 384 };
/** Tests run the sources, threads the compiled files. */
const FILE = import.meta.url.replace(/\/apps\/(.*)\.ts$/, '/dist/apps/$1.js');

export interface Work {
  readonly signal: AbortSignal;
  /** Called when the work begins; where it throws, nothing is done. */
  begin(): void;
}

interface Waiting {
  readonly job: TranslationJob;
  readonly work: Work;
  resolve(translated: TranslatedBytes): void;
  reject(error: unknown): void;
}

/** Translates large bodies beside the event loop. Threads start when they are first needed, and end when they idle. */
@Injectable()
export class TranslationThreads implements OnApplicationShutdown {
  private readonly logger = new Logger(TranslationThreads.name);
  private readonly waiting: Waiting[] = [];
  private readonly threads = new Set<TranslationThread>();

  private readonly settings: TranslationSettings;

  constructor(@Inject(openAiSection.token) { modelAliases, hasAutoCache }: OpenAiConfig, models: ClaudeModels) {
    this.settings = { models: models.rows, aliases: modelAliases, hasAutoCache };
  }

  /** Takes the bytes away from `body`, as far as they are not shared. @throws GatewayError as `translateBytes` does */
  translate(form: Form, body: Buffer, work: Work): Promise<TranslatedBytes> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job: { form, body: unshared(body) }, work, resolve, reject });
      this.next();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.end()));
  }

  private next(): void {
    const thread = this.freeThread();
    if (!thread) return;
    const waiting = this.waiting.shift();
    if (!waiting) return;
    try {
      waiting.work.signal.throwIfAborted();
      waiting.work.begin();
      void thread
        .run(waiting.job)
        .then(waiting.resolve, waiting.reject)
        .finally(() => this.next());
    } catch (error) {
      waiting.reject(error);
    }
    this.next();
  }

  private freeThread(): TranslationThread | undefined {
    const free = [...this.threads].find(({ isFree }) => isFree);
    if (free || this.waiting.length === 0 || this.threads.size >= MAX_THREADS) return free;
    const thread = new TranslationThread(this.settings, (reason) => {
      this.threads.delete(thread);
      if (reason) this.logger.error(`❌ a translation ended its thread: ${reason}`);
    });
    this.threads.add(thread);
    return thread;
  }
}

class TranslationThread {
  private readonly worker: Worker;
  private settle: ((outcome: TranslationOutcome | Error) => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(settings: TranslationSettings, onEnd: (reason?: string) => void) {
    const file = new URL('./translation.worker.js', FILE);
    this.worker = new Worker(file, { workerData: settings, resourceLimits: RESOURCES, execArgv: [] });
    this.worker.unref();
    let reason: string | undefined;
    this.worker.on('message', (outcome: TranslationOutcome) => this.settle?.(outcome));
    this.worker.on('error', (error: Error) => {
      reason = error.message;
    });
    this.worker.once('exit', () => {
      clearTimeout(this.timer);
      onEnd(reason);
      this.settle?.(tooComplex());
    });
  }

  get isFree(): boolean {
    return this.settle === undefined;
  }

  run(job: TranslationJob): Promise<TranslatedBytes> {
    return new Promise((resolve, reject) => {
      this.settle = (outcome) => {
        this.settle = undefined;
        this.endAfter(MAX_IDLE_MS);
        if (outcome instanceof Error) reject(outcome);
        else if ('refusal' in outcome) reject(new GatewayError(outcome.refusal));
        else resolve(outcome.translated);
      };
      this.endAfter(MAX_JOB_MS);
      this.worker.postMessage(job, [job.body.buffer]);
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private endAfter(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), milliseconds).unref();
  }
}

function tooComplex(): GatewayError {
  return invalid(null, 'The body is too complex: it takes more time or memory than is allowed.');
}

/** Bytes whose memory is theirs alone, for another thread to take over. */
function unshared(body: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = body;
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(body);
}
