import type { RequestLine } from '@claude-proxy/admin-api';
import { clockText } from '../logs/line-text.js';
import { attentionOf } from '../status/status.command.js';
import { type Tone, toned } from '../text/blocks.js';
import { countText, durationText, moneyText, relativeTime, shareText } from '../text/numbers.js';
import { fitted, padded, printable } from '../text/width.js';
import { cell, type FrameLayout, type FrameLine } from './frame-line.js';
import { streamLines } from './stream-lines.js';
import { type TopState, visibleLines } from './top-state.js';

const MAX_ACCOUNT_ROWS = 6;
const MIN_LIST_ROWS = 4;
const BAR_WIDTH = 12;
/** An event of the gateway is shown so long. */
const EVENT_MS = 10 * 60_000;

/** Exactly `rows` lines of at most `columns` columns. */
export function frameOf(state: TopState, layout: FrameLayout): string[] {
  const body =
    state.mode === 'help'
      ? helpLines()
      : state.mode === 'story'
        ? storyLines(state, layout)
        : overviewLines(state, layout);
  const lines = body.slice(0, layout.rows - 1);
  while (lines.length < layout.rows - 1) lines.push({ text: '' });
  return [...lines, footer(state)].map(({ text, tone, isSelected }) =>
    painted(text, tone, isSelected === true, layout),
  );
}

function painted(text: string, tone: Tone | undefined, isSelected: boolean, layout: FrameLayout): string {
  const plain = layout.hasUnicode ? printable(text) : asciiOf(printable(text));
  const cut = fitted(plain, layout.columns, layout.hasUnicode ? '…' : '.');
  if (!isSelected) return toned(cut, tone, layout);
  const full = padded(cut, layout.columns);
  return layout.hasColor ? `\x1b[7m${full}\x1b[0m` : full;
}

/** For terminals without UTF-8. */
function asciiOf(text: string): string {
  return text
    .replaceAll('█', '#')
    .replaceAll('░', '.')
    .replace(/[^\x20-\x7e]/gu, '?');
}

function overviewLines(state: TopState, layout: FrameLayout): FrameLine[] {
  const head = [...verdictLines(state), ...figureLines(state)];
  const accounts = accountLines(state, layout);
  const room = layout.rows - 1 - head.length - MIN_LIST_ROWS;
  const shown = room > 1 ? accounts.slice(0, Math.min(accounts.length, room)) : [];
  const streams = streamLines(state, layout).slice(0, Math.max(0, room - shown.length));
  const above = [...head, ...shown, ...(streams.length > 1 ? streams : [])];
  return [...above, ...listLines(state, layout, layout.rows - 1 - above.length)];
}

function verdictLines(state: TopState): FrameLine[] {
  const { verdict: judged, hour, limits, url, connection, error, drills, event } = state;
  const time = clockText(state.nowMs);
  if (!judged || !hour)
    return [
      { text: `ccp top  ${url}  ${time}  ${error ?? connection}`, ...(error !== null && { tone: 'bad' as const }) },
    ];
  const attention = attentionOf(judged, limits, hour.notices, state.nowMs);
  const verdict = attention.length === 0 ? 'All well' : `Attention: ${attention.join('; ')}`;
  const feed = connection === 'open' ? '' : `  feed: ${connection}`;
  return [
    {
      text: `ccp top  ${url}  ${time}${feed}${drills.length > 0 ? `  drills: ${drills.length}` : ''}${error ? `  ${error}` : ''}`,
      tone: 'strong',
    },
    { text: verdict, tone: attention.length === 0 ? 'good' : 'warn' },
    ...(event === null || state.nowMs - event.at > EVENT_MS
      ? []
      : [{ text: `${relativeTime(event.at, state.nowMs)}: ${event.text}`, tone: 'warn' as const }]),
  ];
}

function figureLines({ hour, day, readiness, nowMs, lines }: TopState): FrameLine[] {
  if (!hour || !day || !readiness) return [];
  const minute = lines.filter(({ started_at, duration_ms }) => started_at + duration_ms > nowMs - 60_000);
  const { totals } = hour;
  const upstreams = readiness.upstreams.map(({ name, usable }) => {
    const share = totals.requests === 0 ? 0 : (hour.by_upstream[name]?.requests ?? 0) / totals.requests;
    return `${name}${usable ? '' : ' (away)'} ${shareText(share)}`;
  });
  const first = totals.first_byte_ms
    ? `first byte ${durationText(totals.first_byte_ms.p50)} / ${durationText(totals.first_byte_ms.p95)}`
    : 'first byte -';
  const speed =
    totals.output_tokens_per_second === null ? '-' : `${Math.round(totals.output_tokens_per_second)} tokens/s`;
  return [
    {
      text: `In flight ${hour.in_flight}   last minute ${minute.length}   last hour ${countText(totals.requests)}   errors ${countText(totals.errors)}   fallbacks ${countText(totals.fallbacks)}`,
    },
    {
      text: `${first}   ${speed}   cache ${shareText(totals.cache_hit_share)}   24 h ${moneyText(day.totals.cost_usd)}, ${countText(day.totals.all_tokens)} tokens`,
    },
    { text: `Upstreams: ${upstreams.join('   ')}` },
  ];
}

function accountLines({ accounts, nowMs, hasDetails }: TopState, layout: FrameLayout): FrameLine[] {
  if (accounts.length === 0) return [];
  const shown = hasDetails ? accounts : accounts.slice(0, MAX_ACCOUNT_ROWS);
  const rows = shown.flatMap(({ name, state, state_until, sessions, windows, cost_usd }): FrameLine[] => {
    const tightest = windows.toSorted((left, right) => left.remaining / left.limit - right.remaining / right.limit);
    const end = state_until === null ? '' : ` ${relativeTime(state_until, nowMs)}`;
    const tone: Tone = state === 'ready' ? 'good' : 'warn';
    const isWide = layout.columns >= 110;
    const bars = (hasDetails ? tightest : tightest.slice(0, layout.columns > 150 ? 3 : 1)).map(
      ({ group, kind, remaining, limit, full_at }) =>
        `${group}${isWide ? ` ${kind}` : ''} ${barOf(limit === 0 ? 0 : remaining / limit)} ${isWide ? 'full ' : ''}${relativeTime(full_at, nowMs)}`,
    );
    const cells = [
      cell(name, 12),
      cell(`${state}${end}`, isWide ? 22 : 14),
      cell(`${sessions} sess.`, 9),
      cell(moneyText(cost_usd), 7),
    ];
    return [{ text: `  ${cells.join(' ')} ${bars.join('   ')}`, tone }];
  });
  const rest = accounts.length - shown.length;
  return [
    { text: `Accounts (${accounts.length})`, tone: 'dim' },
    ...rows,
    ...(rest > 0 ? [{ text: `  ${rest} more: press d`, tone: 'dim' as const }] : []),
  ];
}

export function barOf(share: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * BAR_WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${shareText(share)}`;
}

function listLines(state: TopState, layout: FrameLayout, rows: number): FrameLine[] {
  const lines = visibleLines(state);
  const height = Math.max(0, rows - 1);
  const first = Math.max(0, Math.min(state.selected - height + 1, lines.length - height));
  const marks = [
    `Requests (${lines.length})`,
    `by ${state.sort}`,
    ...(state.frozen ? ['PAUSED'] : []),
    ...(state.filter ? [`filter: ${state.filter}`] : []),
  ];
  return [
    { text: `${padded(marks.join('  '), 30)}`, tone: 'dim' },
    ...lines
      .slice(first, first + height)
      .map((line, index) => requestLine(line, first + index === state.selected, layout)),
  ];
}

function requestLine(line: RequestLine, isSelected: boolean, { columns }: FrameLayout): FrameLine {
  const tokens =
    line.input_tokens + line.cache_read_input_tokens + line.cache_creation_input_tokens + line.output_tokens;
  const isWide = columns >= 110;
  const model = line.model ?? line.operation;
  const cells = [
    cell(clockText(line.started_at), 8),
    cell(line.user, isWide ? 24 : 11),
    cell(isWide ? model : model.replace(/^claude-/, ''), isWide ? 26 : 14),
    cell(line.upstream ?? '-', isWide ? 14 : 9),
    cell(line.outcome === 'completed' ? String(line.status) : `${line.status || '-'} ${line.outcome}`, 11),
    cell(durationText(line.duration_ms), 6),
    cell(countText(tokens), 6),
    moneyText(line.cost_usd),
  ];
  const tone: Tone | undefined =
    line.outcome === 'refused' || line.outcome === 'broken' ? 'bad' : line.is_fallback ? 'warn' : undefined;
  return { text: cells.join(' '), isSelected, ...(tone && { tone }) };
}

function storyLines({ story }: TopState, { columns }: FrameLayout): FrameLine[] {
  return story.flatMap((text) => wrapped(text, columns).map((part) => ({ text: part })));
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + word.length + 1 > columns) {
      lines.push(line);
      line = '  ';
    }
    line += line === '' || line === '  ' ? word : ` ${word}`;
  }
  return [...lines, line];
}

const HELP = [
  ['up, down, j, k', 'select a request'],
  ['Enter', 'the story of the selected request'],
  ['/', 'filter by user, model, upstream, outcome or id; Escape clears it'],
  ['s', 'sort by time, duration, tokens or cost'],
  ['p', 'pause and resume the list'],
  ['d', 'all accounts with all windows'],
  ['?', 'this page'],
  ['q, Ctrl-C', 'quit'],
] as const;

function helpLines(): FrameLine[] {
  return [
    { text: 'Keys of ccp top', tone: 'strong' },
    { text: '' },
    ...HELP.map(([keys, text]) => ({ text: `  ${padded(keys, 16)} ${text}` })),
  ];
}

function footer({ mode, filter }: TopState): FrameLine {
  if (mode === 'filter') return { text: `/${filter}_   Enter applies, Escape clears`, tone: 'strong' };
  if (mode === 'story' || mode === 'help') return { text: 'Escape or q: back', tone: 'dim' };
  return { text: '? help   / filter   s sort   p pause   d accounts   Enter story   q quit', tone: 'dim' };
}
