/** What one model has been seen to refuse; requests to it leave these out from the start. */
export interface Quirks {
  readonly betas: ReadonlySet<string>;
  /** Paths for `withoutPath`. */
  readonly paths: readonly string[];
  readonly refusesSystemRole: boolean;
}

export const NO_QUIRKS: Quirks = { betas: new Set(), paths: [], refusesSystemRole: false };

/** One thing to leave out, as a refusal names it. */
export type Lesson =
  | { readonly kind: 'beta'; readonly beta: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'system_role' };

const BETA_REFUSED = /invalid beta flag|Unexpected value\(s\).*anthropic-beta/i;
/** Starts at the start of a word and ends within 200 characters: anything longer is not a field of the API. */
const EXTRA_INPUT = /(?<![\w.[\]-])([\w.[\]-]{1,200}): Extra inputs are not permitted/g;
const SYSTEM_ROLE_REFUSED = /role ['"`]?system['"`]? is not supported/i;

/** Without these the request would mean something else: a refusal that names one is the caller's to see. */
const ESSENTIAL_FIELDS = new Set(['anthropic_version', 'messages', 'system', 'tools', 'tool_choice', 'max_tokens']);
const ESSENTIAL_MEMBERS = new Set(
  'role content type text source data name id tool_use_id input input_schema thinking signature format'.split(' '),
);

/**
 * What a 400 says must be left out: the betas that it names, else all that were sent (Bedrock mostly says no more than
 * "invalid beta flag"), or fields by their path. Nothing where the refusal is about something else.
 */
export function lessonsOf(message: string, sentBetas: readonly string[]): Lesson[] {
  if (BETA_REFUSED.test(message)) {
    const named = sentBetas.filter((beta) => message.includes(beta));
    return (named.length > 0 ? named : sentBetas).map((beta) => ({ kind: 'beta', beta }));
  }
  if (SYSTEM_ROLE_REFUSED.test(message)) return [{ kind: 'system_role' }];
  const paths = [...message.matchAll(EXTRA_INPUT)].map(([, path = '']) => generalPath(path));
  return paths.filter(isDispensable).map((path) => ({ kind: 'path', path }));
}

/** `tools.0.custom.strict` -> `tools.*.custom.strict`: what one tool may not have, none may. */
function generalPath(path: string): string {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .map((segment) => (/^\d+$/.test(segment) ? '*' : segment))
    .join('.');
}

function isDispensable(path: string): boolean {
  const segments = path.split('.');
  const last = segments.at(-1) ?? '';
  return segments.length === 1 ? !ESSENTIAL_FIELDS.has(last) : last !== '*' && !ESSENTIAL_MEMBERS.has(last);
}

/** Refusals can be the doing of one odd request, and AWS adds features: nothing is believed for longer than this. */
const LESSON_LIFE_MS = 60 * 60 * 1_000;
const MAX_MODELS = 100;
const MAX_LESSONS_PER_MODEL = 40;

/** Remembers lessons per Bedrock model id, bounded in size and time, in this process only. */
export class QuirkMemory {
  private readonly models = new Map<string, Map<string, { readonly lesson: Lesson; readonly endsAtMs: number }>>();

  constructor(private readonly nowMs: () => number = Date.now) {}

  quirksOf(modelId: string): Quirks {
    const lessons = this.currentLessons(modelId);
    if (lessons.length === 0) return NO_QUIRKS;
    return {
      betas: new Set(lessons.flatMap((lesson) => (lesson.kind === 'beta' ? [lesson.beta] : []))),
      paths: lessons.flatMap((lesson) => (lesson.kind === 'path' ? [lesson.path] : [])),
      refusesSystemRole: lessons.some((lesson) => lesson.kind === 'system_role'),
    };
  }

  learn(modelId: string, lessons: readonly Lesson[]): void {
    const entries = this.models.get(modelId) ?? new Map();
    for (const lesson of lessons)
      entries.set(JSON.stringify(lesson), { lesson, endsAtMs: this.nowMs() + LESSON_LIFE_MS });
    dropOldest(entries, MAX_LESSONS_PER_MODEL);
    this.models.delete(modelId);
    this.models.set(modelId, entries);
    dropOldest(this.models, MAX_MODELS);
  }

  private currentLessons(modelId: string): Lesson[] {
    const entries = this.models.get(modelId);
    if (!entries) return [];
    for (const [key, { endsAtMs }] of entries) {
      if (endsAtMs <= this.nowMs()) entries.delete(key);
    }
    return [...entries.values()].map(({ lesson }) => lesson);
  }
}

function dropOldest(entries: Map<string, unknown>, limit: number): void {
  for (const key of entries.keys()) {
    if (entries.size <= limit) return;
    entries.delete(key);
  }
}
