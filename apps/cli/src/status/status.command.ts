import type { Analytics, DrillList, LimitList, Notice, Readiness, Session, Verdict } from '@claude-proxy/admin-api';
import { AdminApiError } from '@claude-proxy/admin-client';
import type { CommandSpec } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import { VERSION } from '../core/version.js';
import type { Gateway } from '../gateway/gateway.js';
import { type Block, type Cell, facts, line } from '../text/blocks.js';
import { countText, durationText, moneyText, numbered, relativeTime } from '../text/numbers.js';

export interface Status {
  readonly gateway: { readonly url: string; readonly source: string; readonly token_source: string };
  readonly version: string;
  readonly role: string | null;
  readonly readiness: Readiness;
  /** The same judgement as on the dashboard. */
  readonly verdict: Pick<Verdict, 'mood' | 'code' | 'headline' | 'note' | 'mend'>;
  readonly last_hour: Pick<Analytics, 'in_flight' | 'totals' | 'notices'>;
  readonly limits: LimitList['limits'];
  readonly drills: DrillList['drills'];
  readonly is_forced_drill: boolean;
  /** What needs attention, in words; empty if all is well. */
  readonly attention: readonly string[];
}

export const status: CommandSpec = {
  name: 'status',
  summary: 'how the gateway is: upstreams, limits, the last hour, and what needs attention (exit code 6 then)',
  async run(context) {
    const client = await context.client();
    // Before the others: each call with a wrong token counts as a try.
    const session = await context.session();
    const { token } = await context.gateway();
    if (token !== undefined && !session.is_signed_in)
      throw new AdminApiError(401, 'The gateway does not accept this token');
    const [verdict, analytics, limits, drills] = await Promise.all([
      client.verdict(),
      client.analytics('1h'),
      client.limits(),
      client.drills(),
    ]);
    const found = statusOf(await context.gateway(), session, verdict, analytics, limits, drills, context.world.now());
    return {
      json: found,
      text: statusText(found, context.world.now()),
      exit: found.attention.length > 0 ? EXIT.degraded : EXIT.fine,
    };
  },
};

function statusOf(
  { url, source, tokenSource }: Gateway,
  session: Session,
  { readiness, mood, code, headline, note, mend }: Verdict,
  { in_flight, totals, notices }: Analytics,
  { limits }: LimitList,
  { drills, is_forced }: DrillList,
  nowMs: number,
): Status {
  return {
    gateway: { url, source, token_source: tokenSource },
    version: VERSION,
    role: session.role ?? null,
    readiness,
    verdict: { mood, code, headline, note, mend },
    last_hour: { in_flight, totals, notices },
    limits,
    drills,
    is_forced_drill: is_forced,
    attention: attentionOf({ mood, headline, mend }, limits, notices, nowMs),
  };
}

export function attentionOf(
  { mood, headline, mend }: Pick<Verdict, 'mood' | 'headline' | 'mend'>,
  limits: LimitList['limits'],
  notices: readonly Notice[],
  nowMs: number,
): string[] {
  const found: string[] = [];
  if (mood !== 'well') found.push(mend === null ? headline : `${headline} ${mend}`);
  const real = limits.filter(({ is_drill }) => !is_drill);
  if (real.length > 0) {
    const end = Math.max(...real.map(({ until }) => until));
    found.push(`${numbered(real.length, 'rate limit')} in force, the last one ends ${relativeTime(end, nowMs)}`);
  }
  return [...found, ...notices.map(noticeText)];
}

export function noticeText(notice: Notice): string {
  if (notice.kind === 'unpriced') {
    return `${numbered(notice.requests, 'request')} of ${notice.model} without a price: set PRICE_LIST_FILE or MODELS_FILE`;
  }
  const end =
    notice.days < 0
      ? `was retired on ${notice.retires}`
      : `is retired on ${notice.retires}, in ${numbered(notice.days, 'day')}`;
  return `${notice.model} ${end}${notice.successor ? `; use ${notice.successor}` : ''}`;
}

const TONES = { well: 'good', warning: 'warn', trouble: 'bad' } as const;

function statusText(
  { gateway, role, readiness, verdict, last_hour, limits, drills, attention }: Status,
  nowMs: number,
): Block[] {
  const { totals } = last_hour;
  const state: Cell = { text: readiness.status, tone: readiness.status === 'ready' ? 'good' : 'bad' };
  const upstreams = readiness.upstreams.map(({ name, usable, detail }): readonly [string, Cell] => [
    `Upstream ${name}`,
    { text: `${usable ? 'usable' : 'not usable'}${detail ? `: ${detail}` : ''}`, tone: usable ? 'good' : 'warn' },
  ]);
  return [
    facts(
      ['Gateway', `${gateway.url} (${gateway.source})`],
      ['Signed in', role === null ? 'no: this machine may read' : `${role} (${gateway.token_source})`],
      ['State', state],
      ['Verdict', { text: verdict.headline, tone: TONES[verdict.mood] }],
      ...upstreams,
      ['In flight', String(last_hour.in_flight)],
      [
        'Last hour',
        `${countText(totals.requests)} requests, ${countText(totals.errors)} errors, ${countText(totals.fallbacks)} by fallback, ${moneyText(totals.cost_usd)}`,
      ],
      [
        'First byte',
        totals.first_byte_ms
          ? `median ${durationText(totals.first_byte_ms.p50)}, 95 % ${durationText(totals.first_byte_ms.p95)}`
          : '-',
      ],
      ['Limits', limits.length === 0 ? 'none' : `${limits.length} (see \`ccp limits\`)`],
      [
        'Drills',
        drills.length === 0
          ? 'none'
          : drills.map(({ id, until }) => `${id}, ends ${relativeTime(until, nowMs)}`).join('; '),
      ],
    ),
    ...attention.map((text) => line(`! ${text}`, 'warn')),
  ];
}
