import { policyOfBeta } from './beta-policies.js';
import { SENT_TO_EVERY_MODEL } from './betas.js';

/** What one model has been seen to refuse; requests to it leave these out from the start. */
export interface Quirks {
  readonly betas: ReadonlySet<string>;
  /** Paths for `removePath`. */
  readonly paths: readonly string[];
  readonly refusesSystemRole: boolean;
  readonly maxToolNameLength: number;
}

/** As Bedrock documents it; Anthropic takes 128 characters. */
const MAX_TOOL_NAME_LENGTH = 64;
export const NO_QUIRKS: Quirks = {
  betas: new Set(),
  paths: [],
  refusesSystemRole: false,
  maxToolNameLength: MAX_TOOL_NAME_LENGTH,
};

/** One thing to leave out, as a refusal names it. */
export type Lesson =
  | { readonly kind: 'beta'; readonly beta: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'system_role' }
  | { readonly kind: 'tool_name_length'; readonly length: number };

const BETA_REFUSED = /invalid beta flag|Unexpected value\(s\).*anthropic-beta/i;
/** Starts at the start of a word and ends within 200 characters: anything longer is not a field of the API. */
const EXTRA_INPUT = /(?<![\w.[\]-])([\w.[\]-]{1,200}): Extra inputs are not permitted/g;
const SYSTEM_ROLE_REFUSED = /role ['"`]?system['"`]? is not supported|Unexpected role ['"`]?system/i;

const TOOL_NAME_REFUSED = /\bname: String should (?:have at most (\d+) characters|match pattern)/i;
/** Names of the documented length were refused: the platform counts more than is sent. */
const TOOL_NAME_MARGIN = 8;

/** Without these the request would mean something else: a refusal that names one is the caller's to see. */
const ESSENTIAL_FIELDS = new Set(
  'anthropic_version messages system tools tool_choice max_tokens thinking temperature top_p top_k stop_sequences'.split(
    ' ',
  ),
);
/** Of these a part can be essential: what is left out is the rest. */
const DISPENSABLE_PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['output_config', ['output_config.effort', 'output_config.task_budget']],
]);
const ESSENTIAL_MEMBERS = new Set(
  'role content type text source data name id tool_use_id input input_schema thinking signature format schema disable_parallel_tool_use'.split(
    ' ',
  ),
);

/**
 * What a 400 says must be left out: the betas that it names, else all that were sent (Bedrock mostly says no more than
 * "invalid beta flag"), or fields by their path. Nothing where the refusal is about something else.
 */
export function lessonsOf(message: string, sentBetas: readonly string[]): Lesson[] {
  if (BETA_REFUSED.test(message)) {
    return suspectsOf(message, sentBetas).map((beta) => ({ kind: 'beta', beta }));
  }
  if (SYSTEM_ROLE_REFUSED.test(message)) return [{ kind: 'system_role' }];
  const refusedName = TOOL_NAME_REFUSED.exec(message);
  if (refusedName) {
    const limit = Math.min(Number(refusedName[1] ?? MAX_TOOL_NAME_LENGTH), MAX_TOOL_NAME_LENGTH);
    return [{ kind: 'tool_name_length', length: Math.max(limit - TOOL_NAME_MARGIN, 2 * TOOL_NAME_MARGIN) }];
  }
  const named = [...message.matchAll(EXTRA_INPUT)].map(([, path = '']) => generalPath(path));
  const paths = named.flatMap((path) => DISPENSABLE_PARTS.get(path) ?? [path]);
  return paths.filter(isDispensable).map((path) => ({ kind: 'path', path }));
}

/**
 * The betas that a refusal is about: those that it names, else those that no table knows, else those of which no source
 * says that the model takes them, else all.
 */
function suspectsOf(message: string, sentBetas: readonly string[]): readonly string[] {
  const suspicions = [
    (beta: string) => message.includes(beta),
    (beta: string) => policyOfBeta(beta) === undefined,
    (beta: string) => SENT_TO_EVERY_MODEL.has(beta),
  ];
  for (const isSuspected of suspicions) {
    const suspects = sentBetas.filter(isSuspected);
    if (suspects.length > 0) return suspects;
  }
  return sentBetas;
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
      maxToolNameLength: Math.min(
        MAX_TOOL_NAME_LENGTH,
        ...lessons.flatMap((lesson) => (lesson.kind === 'tool_name_length' ? [lesson.length] : [])),
      ),
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
