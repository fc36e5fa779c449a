import { type Lesson, MAX_TOOL_NAME_LENGTH } from './lessons.js';

/** The parts that requests of one kind drop from the start. */
export interface Quirks {
  readonly betas: ReadonlySet<string>;
  /** Paths for `removePath`. */
  readonly paths: readonly string[];
  readonly refusesSystemRole: boolean;
  readonly maxToolNameLength: number;
}

export const NO_QUIRKS: Quirks = {
  betas: new Set(),
  paths: [],
  refusesSystemRole: false,
  maxToolNameLength: MAX_TOOL_NAME_LENGTH,
};

export function quirksOf(lessons: readonly Lesson[]): Quirks {
  if (lessons.length === 0) return NO_QUIRKS;
  return {
    betas: new Set(lessons.flatMap((lesson) => (lesson.kind === 'beta' ? [lesson.beta] : []))),
    paths: [...new Set(lessons.flatMap((lesson) => (lesson.kind === 'path' ? [lesson.path] : [])))],
    refusesSystemRole: lessons.some((lesson) => lesson.kind === 'system_role'),
    maxToolNameLength: Math.min(
      MAX_TOOL_NAME_LENGTH,
      ...lessons.flatMap((lesson) => (lesson.kind === 'tool_name_length' ? [lesson.length] : [])),
    ),
  };
}
