import type { KeyLimits } from '@claude-proxy/admin-api';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { withPatience } from '../with-patience.js';
import {
  decide,
  type LimitCounters,
  LONGEST_REQUEST_MS,
  LocalLimitCounters,
  type Taken,
} from './key-limit.counters.js';

const PATIENCE_MS = 100;
const COMMAND_TIMEOUT_MS = 2_000;
const LOG_EVERY_MS = 60_000;
/** After that the buckets are full and can be forgotten. */
const KEEP_MS = 120_000;

/**
 * Takes one request, atomically and by the clock of Redis. ARGV: rpm, tpm, concurrency (0: no limit), id, longest request
 * and life of the item in ms. Returns the levels before, and the number of running requests.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function level(name, limit)
  if limit == 0 then return 0 end
  local known = redis.call('HMGET', KEYS[1], name, name .. '_at')
  if not known[1] then return limit end
  return math.min(limit, tonumber(known[1]) + math.max(0, now - tonumber(known[2])) * limit / 60000)
end
local rpm, tpm, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local requests, tokens = level('requests', rpm), level('tokens', tpm)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[5]))
local running = redis.call('ZCARD', KEYS[2])
if (rpm == 0 or requests >= 1) and (tpm == 0 or tokens >= 1) and (most == 0 or running < most) then
  if rpm > 0 then redis.call('HSET', KEYS[1], 'requests', requests - 1, 'requests_at', now) end
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  redis.call('ZADD', KEYS[2], now, ARGV[4])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return { tostring(requests), tostring(tokens), running }
`;
/** ARGV: tpm, id, used tokens, life of the item in ms. */
const SETTLE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREM', KEYS[2], ARGV[2])
local tpm = tonumber(ARGV[1])
if tpm > 0 then
  local known = redis.call('HMGET', KEYS[1], 'tokens', 'tokens_at')
  local level = tpm
  if known[1] then level = math.min(tpm, tonumber(known[1]) + math.max(0, now - tonumber(known[2])) * tpm / 60000) end
  redis.call('HSET', KEYS[1], 'tokens', level - tonumber(ARGV[3]), 'tokens_at', now)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
`;

/** In a Redis that all tasks share. While it is away, each task counts by itself. */
export class RedisLimitCounters implements LimitCounters {
  private readonly logger = new Logger('KeyLimits');
  private readonly redis: Redis;
  private readonly local = new LocalLimitCounters();
  private loggedAtMs = Number.NEGATIVE_INFINITY;

  constructor(url: string) {
    this.redis = new Redis(url, {
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
    });
    this.redis.on('error', (error: Error) => this.complain(error));
  }

  async take(key: string, id: string, limits: KeyLimits): Promise<Taken> {
    const { requests_per_minute: rpm = 0, tokens_per_minute: tpm = 0, concurrency = 0 } = limits;
    try {
      const terms = [rpm, tpm, concurrency, id, LONGEST_REQUEST_MS, KEEP_MS];
      const asked = this.redis.eval(TAKE, 2, ...namesOf(key), ...terms) as Promise<[string, string, number]>;
      const [requests, tokens, running] = await withPatience(asked, PATIENCE_MS);
      return decide(limits, Number(requests), Number(tokens), running);
    } catch (error) {
      this.complain(error as Error);
      return this.local.take(key, id, limits);
    }
  }

  settle(key: string, id: string, limits: KeyLimits, tokens: number): void {
    this.local.settle(key, id, limits, tokens);
    const terms = [limits.tokens_per_minute ?? 0, id, tokens, KEEP_MS];
    this.redis.eval(SETTLE, 2, ...namesOf(key), ...terms).catch((error: Error) => this.complain(error));
  }

  close(): void {
    this.redis.disconnect();
  }

  private complain({ message }: Error): void {
    if (performance.now() - this.loggedAtMs < LOG_EVERY_MS) return;
    this.loggedAtMs = performance.now();
    this.logger.warn(`❌ Redis is away, so each task counts the limits of client keys by itself: ${message}`);
  }
}

/** In one slot of a cluster. */
function namesOf(key: string): [string, string] {
  return [`claude-proxy:key:{${key}}:buckets`, `claude-proxy:key:{${key}}:running`];
}
