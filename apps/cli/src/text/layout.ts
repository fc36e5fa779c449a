import type { World } from '../core/world.js';

/** How an output is written: for a person at a terminal, or for a program that reads it. */
export interface Layout {
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly hasColor: boolean;
  readonly hasUnicode: boolean;
}

const DEFAULT_COLUMNS = 80;

export function layoutOf({ env, stdout }: Pick<World, 'env' | 'stdout'>): Layout {
  const isTerminal = stdout.isTTY === true;
  const isPlain = env.TERM === 'dumb' || isSet(env.NO_COLOR) || isSet(env.CI);
  return {
    isTerminal,
    columns: stdout.columns || DEFAULT_COLUMNS,
    hasColor: isTerminal && !isPlain,
    hasUnicode: isUnicode(env),
  };
}

/** By the rules of POSIX; without any of the variables, terminals of today are UTF-8. */
function isUnicode(env: World['env']): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (env.TERM === 'linux') return false;
  return locale === undefined || locale === '' || /utf-?8/i.test(locale);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}
