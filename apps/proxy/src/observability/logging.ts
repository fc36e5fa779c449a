import type { LoggerService, LogLevel } from '@nestjs/common';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import { withMaskedKeys } from '../exchange/masked-keys.js';
import type { ObservabilityConfig } from './observability.config.js';

/** Lines that could not be written are kept for a retry, up to this limit: a full disk must not fill the memory. */
const MAX_UNWRITTEN_BYTES = 16 * 1024 * 1024;

/**
 * Writes the lines of one turn of the event loop together at its end: a write per line is half of the cost of a line.
 * Lines wait no longer, and a process that exits writes the rest, so that the reason of a crash is logged.
 */
class LinesOfOneTurn {
  private static readonly unwritten = new Set<LinesOfOneTurn>();
  private lines = '';

  static {
    process.on('exit', () => {
      for (const each of LinesOfOneTurn.unwritten) each.flush();
    });
  }

  constructor(private readonly stream: { write(text: string): unknown }) {}

  write(line: string): void {
    if (this.lines === '') {
      LinesOfOneTurn.unwritten.add(this);
      setImmediate(() => this.flush());
    }
    this.lines += line;
  }

  private flush(): void {
    const { lines } = this;
    this.lines = '';
    LinesOfOneTurn.unwritten.delete(this);
    if (lines !== '') this.stream.write(lines);
  }
}

/** The process's one logger. */
export async function createLogger(config: ObservabilityConfig): Promise<Logger> {
  const stream = isPretty(config) ? await prettyOutput() : new LinesOfOneTurn(standardOutput());
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level: config.logLevel, base: null, timestamp: stdTimeFunctions.isoTime, formatters }, stream);
}

/** Loaded only for a terminal. */
async function prettyOutput() {
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname,room' });
}

/** After a closed terminal or pipe the log is lost, but the gateway continues. */
function standardOutput() {
  return destination({ dest: 1, sync: true, maxLength: MAX_UNWRITTEN_BYTES }).on('error', () => {});
}

/** True for readable lines in a terminal; otherwise the log is JSON. */
export function isPretty({ logFormat }: ObservabilityConfig): boolean {
  return logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY === true);
}

/** Nest's names of the levels that are written. */
export function levelsOf(logger: Logger): LogLevel[] {
  return logger.isLevelEnabled('debug') ? [...LEVELS, 'debug', 'verbose'] : LEVELS;
}

/** Lets Nest and the rooms write through the same logger. */
export class RoomLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, room?: string): void {
    // Operators do not need Nest's messages about modules and routes.
    if (room && NEST_ROOMS.has(room)) this.logger.trace({ room }, String(message));
    else this.logger.info({ room }, textOf(message));
  }

  warn(message: unknown, room?: string): void {
    this.logger.warn({ room }, textOf(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    const room = rest.at(-1);
    // An error that prevents the start of Nest is also thrown, and the startup reports it.
    if (room === 'NestApplication' || room === 'ExceptionHandler') this.logger.debug({ room }, textOf(message));
    else this.logger.error({ room }, textOf(message));
  }

  fatal(message: unknown, room?: string): void {
    this.logger.fatal({ room }, textOf(message));
  }

  /** Each request has debug messages. */
  debug(message: unknown, room?: string): void {
    if (this.logger.isLevelEnabled('debug')) this.logger.debug({ room }, textOf(message));
  }

  verbose(message: unknown, room?: string): void {
    this.logger.trace({ room }, String(message));
  }
}

/** Log lines can quote names chosen by clients, and errors that quote requests. */
function textOf(message: unknown): string {
  return withMaskedKeys(String(message));
}

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log'];
const NEST_ROOMS = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);
