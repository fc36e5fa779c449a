import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { AccessChanges, type ChangeNotice } from './access-changes.js';
import { type RedisConfig, redisSection } from './redis.config.js';

const CHANNEL = 'claude-proxy:changes';
const MAX_RECONNECT_WAIT_MS = 2_000;
const LOG_EVERY_MS = 60_000;

/**
 * Pushes changes of keys, teams and budgets to all tasks through Redis, if it is set. The marks in the store stay the
 * truth: while Redis is away, tasks see a change when they poll.
 */
@Injectable()
export class RedisChanges implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Changes');
  private readonly connections: Redis[] = [];
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly changes: AccessChanges,
    @Inject(redisSection.token) private readonly config: RedisConfig,
  ) {}

  onModuleInit(): void {
    const url = this.config.url?.reveal();
    if (url === undefined) return;
    const sender = this.connect(url);
    // A connection that has subscribed can send nothing else.
    const receiver = this.connect(url);
    receiver.on('ready', () => receiver.subscribe(CHANNEL).catch((error: Error) => this.complain(error)));
    receiver.on('message', (_channel, text) => this.receive(text));
    this.changes.pushWith((notice) => {
      sender.publish(CHANNEL, JSON.stringify(notice)).catch((error: Error) => this.complain(error));
    });
  }

  onApplicationShutdown(): void {
    for (const connection of this.connections) connection.disconnect();
  }

  private connect(url: string): Redis {
    const connection = new Redis(url, {
      enableOfflineQueue: false,
      autoResubscribe: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_WAIT_MS),
    });
    connection.on('error', (error: Error) => this.complain(error));
    this.connections.push(connection);
    return connection;
  }

  private receive(text: string): void {
    try {
      const { topic, mark } = JSON.parse(text) as ChangeNotice;
      this.changes.received({ topic, mark });
    } catch (error) {
      this.complain(error as Error);
    }
  }

  private complain({ message }: Error): void {
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    this.logger.warn(
      `❌ Redis is away, so other tasks see changes of keys within a second instead of at once: ${message}`,
    );
  }
}
