import type {
  Account,
  Analytics,
  Drill,
  InFlightLine,
  Limit,
  OperatorEvent,
  Readiness,
  RequestLine,
  Verdict,
} from '@claude-proxy/admin-api';

/** What the terminal UI shows. Each act returns a new state, so that a frame is a pure function of it. */
export interface TopState {
  readonly url: string;
  readonly nowMs: number;
  readonly connection: 'connecting' | 'open' | 'waiting' | 'draining';
  readonly readiness: Readiness | null;
  readonly verdict: Pick<Verdict, 'mood' | 'headline' | 'mend'> | null;
  readonly hour: Analytics | null;
  readonly day: Analytics | null;
  readonly accounts: readonly Account[];
  /** Tasks that serve requests. */
  readonly tasks: number;
  /** Streams that one task answers now, oldest first. */
  readonly streams: readonly InFlightLine[];
  /** The machine of that task; null if it is not known. */
  readonly streamHost: string | null;
  /** The newest of this session. */
  readonly event: OperatorEvent | null;
  readonly limits: readonly Limit[];
  readonly drills: readonly Drill[];
  /** Newest first. */
  readonly lines: readonly RequestLine[];
  readonly filter: string;
  readonly mode: 'list' | 'filter' | 'help' | 'story';
  readonly sort: 'time' | 'duration' | 'tokens' | 'cost';
  /** The list as it was when it was paused. */
  readonly frozen: readonly RequestLine[] | null;
  /** Of the visible lines. */
  readonly selected: number;
  readonly story: readonly string[];
  readonly hasDetails: boolean;
  readonly error: string | null;
}

const SORTS = ['time', 'duration', 'tokens', 'cost'] as const satisfies readonly TopState['sort'][];
export const MAX_LINES = 500;

export function newTop(url: string, nowMs: number): TopState {
  return {
    url,
    nowMs,
    connection: 'connecting',
    readiness: null,
    verdict: null,
    hour: null,
    day: null,
    accounts: [],
    tasks: 1,
    streams: [],
    streamHost: null,
    event: null,
    limits: [],
    drills: [],
    lines: [],
    filter: '',
    mode: 'list',
    sort: 'time',
    frozen: null,
    selected: 0,
    story: [],
    hasDetails: false,
    error: null,
  };
}

/** Each request once, newest first. */
export function withLines(state: TopState, added: readonly RequestLine[]): TopState {
  const known = new Set(state.lines.map(({ id }) => id));
  const fresh = added.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return state;
  const lines = [...fresh, ...state.lines].sort((left, right) => endOf(right) - endOf(left)).slice(0, MAX_LINES);
  return { ...state, lines };
}

export function visibleLines({ lines, frozen, filter, sort }: TopState): readonly RequestLine[] {
  const text = filter.toLowerCase();
  const matching = (frozen ?? lines).filter(
    ({ user, model, upstream, outcome, id }) =>
      text === '' || `${user} ${model} ${upstream} ${outcome} ${id}`.toLowerCase().includes(text),
  );
  if (sort === 'time') return matching;
  const value = VALUES[sort];
  return matching.toSorted((left, right) => value(right) - value(left));
}

const VALUES: Readonly<Record<Exclude<TopState['sort'], 'time'>, (line: RequestLine) => number>> = {
  duration: ({ duration_ms }) => duration_ms,
  tokens: ({ input_tokens, output_tokens, cache_read_input_tokens }) =>
    input_tokens + output_tokens + cache_read_input_tokens,
  cost: ({ cost_usd }) => cost_usd ?? 0,
};

function endOf({ started_at, duration_ms }: RequestLine): number {
  return started_at + duration_ms;
}

export interface KeyResult {
  readonly state: TopState;
  /** What the program does beside showing the state. */
  readonly act?: 'quit' | 'story' | 'drill';
}

/** @param key a character, or the name of a key: `up`, `down`, `enter`, `escape`, `backspace`, `ctrl-c` */
export function pressed(state: TopState, key: string): KeyResult {
  if (key === 'ctrl-c') return { state, act: 'quit' };
  if (state.mode === 'filter') return { state: typed(state, key) };
  if (state.mode !== 'list')
    return {
      state: key === 'escape' || key === 'q' || key === 'enter' || key === '?' ? { ...state, mode: 'list' } : state,
    };
  const count = visibleLines(state).length;
  const select = (selected: number) => ({ state: { ...state, selected: Math.max(0, Math.min(selected, count - 1)) } });
  switch (key) {
    case 'q':
      return { state, act: 'quit' };
    case '?':
      return { state: { ...state, mode: 'help' } };
    case '/':
      return { state: { ...state, mode: 'filter' } };
    case 's':
      return { state: { ...state, sort: SORTS[(SORTS.indexOf(state.sort) + 1) % SORTS.length]!, selected: 0 } };
    case 'p':
      return { state: { ...state, frozen: state.frozen ? null : state.lines } };
    case 'd':
      return { state: { ...state, hasDetails: !state.hasDetails } };
    case 'up':
    case 'k':
      return select(state.selected - 1);
    case 'down':
    case 'j':
      return select(state.selected + 1);
    case 'enter':
      return count > 0 ? { state: { ...state, mode: 'story', story: ['...'] }, act: 'story' } : { state };
    case 'escape':
      return { state: { ...state, filter: '', selected: 0 } };
    default:
      return { state };
  }
}

function typed(state: TopState, key: string): TopState {
  if (key === 'enter') return { ...state, mode: 'list', selected: 0 };
  if (key === 'escape') return { ...state, mode: 'list', filter: '', selected: 0 };
  if (key === 'backspace') return { ...state, filter: [...state.filter].slice(0, -1).join('') };
  return [...key].length === 1 && key >= ' ' ? { ...state, filter: state.filter + key } : state;
}
