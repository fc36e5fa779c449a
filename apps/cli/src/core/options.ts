import { usageError } from './cli-error.js';
import type { Input } from './command.js';

/** Values of options, checked. Each throws a `CliError` that says what is allowed. */
export function textOption({ options }: Input, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function requiredText(input: Input, name: string, flag: string): string {
  const value = textOption(input, name);
  if (value !== undefined && value !== '') return value;
  throw usageError(`${flag} is missing`, `Give it as ${flag} VALUE.`);
}

export function numberOption(input: Input, name: string, [min, max]: readonly [number, number]): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= min && value <= max) return value;
  throw usageError(`--${kebab(name)} is "${text}": a number from ${min} to ${max} is allowed`);
}

export function wholeOption(input: Input, name: string, range: readonly [number, number]): number | undefined {
  const value = numberOption(input, name, range);
  if (value === undefined || Number.isInteger(value)) return value;
  throw usageError(
    `--${kebab(name)} is "${input.options[name]}": a whole number from ${range[0]} to ${range[1]} is allowed`,
  );
}

export function choiceOption<Choice extends string>(
  input: Input,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw usageError(`--${kebab(name)} is "${text}": ${choices.join(', ')} are allowed`);
}

export function listOption(input: Input, name: string): string[] | undefined {
  return textOption(input, name)
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** `90`, `90s`, `15m`, `2h`, `1d` in seconds. */
export function secondsOf(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (!match) throw usageError(`${flag} is "${text}": a duration like 90s, 15m, 2h or 1d is allowed`);
  return Math.round(Number(match[1]) * UNITS[(match[2] || 's') as keyof typeof UNITS]);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
