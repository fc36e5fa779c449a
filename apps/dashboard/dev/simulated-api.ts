import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import {
  type AnalyticsRange,
  type Drill,
  type DrillOrder,
  type Limit,
  lineComparator,
  lineMatcher,
  REQUEST_ORDERS,
  type RequestLine,
} from '../../../libs/admin-api/src/index.js';
import { PLAUSIBLE_ACCOUNTS } from './plausible-accounts.js';
import { analyticsOf, usageOfAll, usageOfUser } from './plausible-answers.js';
import { chanceOf, plausibleDetail, plausibleLine, plausibleLines } from './plausible-data.js';

const DAYS = 30;
const DAY_MS = 86_400_000;
const KEPT_LINES = 200_000;

/** `npx vite --config apps/dashboard/vite.config.ts`: the page over a company that does not exist. */
export function simulatedApi(): Plugin {
  return {
    name: 'simulated-api',
    apply: 'serve',
    configureServer({ middlewares, httpServer }) {
      const company = new Company();
      httpServer?.once('close', () => company.close());
      middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        // The page's own modules also live under `/api/`.
        if (!/^\/(api|v1|health|user)\b/.test(url.pathname) || /\.tsx?$/.test(url.pathname)) return next();
        company.answer(request, response, url).catch(next);
      });
    },
  };
}

const cannedAnswer = (kind = '') => (Object.hasOwn(CANNED, kind) ? CANNED[kind] : undefined);
const CANNED: Readonly<Record<string, unknown>> = {
  accounts: { accounts: PLAUSIBLE_ACCOUNTS },
  fallback: { is_on: false, is_configured: true, off_since: Date.now() - 600_000, reason: 'costs of the weekend' },
};

/** Plausible exchanges of a month, and new ones every second. */
class Company {
  private readonly chance = chanceOf(20_261_121);
  private lines: RequestLine[] = plausibleLines(Date.now(), DAYS * 24, this.chance);
  private limits: { user: string; scope: string; reason: string; until: number; is_drill: boolean }[] = [
    limitOf('joon.park@example.com', '9f2c51ab03de/opus-5-5', 2_710),
    limitOf('alice@example.com', '9f2c51ab03de/opus-5-5', 412),
    limitOf('ci-reviewer', '*', 38),
  ];
  private drills: (Omit<Drill, 'seconds_left'> & { struck: number })[] = [];
  private readonly viewers = new Set<ServerResponse>();
  private readonly timer = setInterval(() => this.live(), 900);

  close(): void {
    clearInterval(this.timer);
  }

  async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (url.pathname === '/api/live') return this.follow(response);
    const found = await this.find(request, url);
    response.statusCode = found === undefined ? 404 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(found ?? { type: 'error', error: { type: 'not_found_error', message: 'No such path' } }),
    );
  }

  private async find(request: IncomingMessage, { pathname, searchParams }: URL): Promise<unknown> {
    const query = (name: string) => searchParams.get(name) ?? '';
    const [, , kind, id = ''] = pathname.split('/').map(decodeURIComponent);
    const days = Number(query('days') || 7);
    const recent = () => this.lines.filter(({ started_at }) => started_at > Date.now() - days * DAY_MS);
    if (Object.hasOwn(FIXED, pathname)) return FIXED[pathname];
    if (pathname.startsWith('/health') || pathname.endsWith('/api/hello')) return { status: 'ok' };
    if (pathname === '/v1/usage') return usageOfAll(recent(), days, query('request_type'));
    if (pathname === '/v1/usage/me')
      return usageOfUser(recent(), query('claude-code-user'), days, query('request_type'));
    if (kind === 'analytics') return analyticsOf(this.lines, query('range') as AnalyticsRange, Date.now(), 7);
    const canned = cannedAnswer(kind);
    if (canned) return canned;
    if (kind === 'limits') return this.limitsAnswer(request.method ?? 'GET', id);
    if (kind === 'drills') return this.drillsAnswer(request, id);
    if (kind === 'requests') return id ? this.detail(id) : this.page(searchParams);
    return undefined;
  }

  private page(query: URLSearchParams) {
    const limit = Number(query.get('limit') ?? 100);
    const from = Number(query.get('cursor') ?? 0);
    const sort = REQUEST_ORDERS.find((each) => each === query.get('sort')) ?? 'time';
    const compare = lineComparator({ by: sort, isAscending: query.get('order') === 'asc' });
    const found = this.lines.filter(lineMatcher(Object.fromEntries(query))).sort(compare);
    const hasMore = found.length > from + limit;
    return {
      requests: found.slice(from, from + limit),
      next_cursor: hasMore ? String(from + limit) : null,
      searched_since: this.lines[0]?.started_at ?? 0,
      searched_requests: this.lines.length,
    };
  }

  private detail(id: string) {
    const line = this.lines.find((each) => each.id === id);
    return line && plausibleDetail(line);
  }

  private limitsAnswer(method: string, user: string): { limits: Limit[] } {
    if (method === 'DELETE') this.limits = this.limits.filter((limit) => limit.user !== user);
    this.limits = this.limits.filter(({ until }) => until > Date.now());
    const limits = this.limits.map((limit) => ({ ...limit, seconds_left: secondsUntil(limit.until) }));
    return { limits: limits.sort((a, b) => b.until - a.until) };
  }

  private async drillsAnswer(request: IncomingMessage, id: string): Promise<unknown> {
    if (request.method === 'DELETE') this.drills = this.drills.filter((drill) => drill.id !== id);
    if (request.method === 'POST') {
      const order = JSON.parse(Buffer.concat(await request.toArray()).toString()) as DrillOrder;
      const startedAt = Date.now();
      const id = `drl_${startedAt}`;
      this.drills.push({ ...order, id, started_at: startedAt, until: startedAt + order.seconds * 1_000, struck: 0 });
    }
    this.drills = this.drills.filter(({ until }) => until > Date.now());
    return {
      drills: this.drills.map((drill) => ({ ...drill, seconds_left: secondsUntil(drill.until) })),
      is_forced: false,
    };
  }

  private follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(':\n\n');
    this.viewers.add(response);
    response.once('close', () => this.viewers.delete(response));
  }

  private live(): void {
    const drill = this.drills.find(({ until }) => until > Date.now());
    const line = plausibleLine(
      Date.now(),
      this.chance,
      drill?.share ?? 0.18,
      drill !== undefined,
      drill?.user ?? undefined,
    );
    if (drill && line.is_drill) drill.struck += 1;
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
    for (const viewer of this.viewers) viewer.write(`event: exchange\ndata: ${JSON.stringify({ request: line })}\n\n`);
  }
}

const READY = {
  status: 'ready',
  store: 'ok',
  upstreams: [
    { name: 'anthropic', usable: true, detail: 'asked with the caller’s credential' },
    { name: 'bedrock', usable: true, detail: 'eu-central-1' },
  ],
};

const VERDICT = {
  mood: 'well',
  code: 'well',
  headline: 'All is well. Anthropic answers.',
  note: '1,204 requests in the last 5 minutes; half of the answers began within 820ms.',
  mend: null,
  facts: {
    minutes: 5,
    requests: 1_204,
    caller_errors: 0,
    first_byte_ms: 820,
    first_choice: 'anthropic',
    unavailable: [],
  },
};

const FIXED: Readonly<Record<string, unknown>> = {
  '/api/session': { is_signed_in: true, needs_token: true },
  '/api/verdict': VERDICT,
  '/health/ready': READY,
};

function limitOf(user: string, scope: string, seconds: number) {
  return { user, scope, reason: 'rate_limited', until: Date.now() + seconds * 1_000, is_drill: false };
}

function secondsUntil(time: number): number {
  return Math.max(0, Math.round((time - Date.now()) / 1_000));
}
