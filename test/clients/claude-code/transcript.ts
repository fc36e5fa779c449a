import type { Block, Session, SessionEvent } from './installed-claude.js';

/** Ids, paths of temporary folders and times differ between sessions. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b(toolu|msg|agent|req|exc)_?[\w-]{8,}\b/g, '[id]'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '[id]'],
  [/\b[0-9a-f]{17}\b/g, '[id]'],
  [/https?:\/\/127\.0\.0\.1:\d+/g, '[gateway]'],
  [/\d+(?:\.\d+)?\s?(?:ms|s|seconds|tokens)\b/g, '[n]'],
  [/(?:duration_ms|total_tokens|tool_uses): ?\d+/g, '[n]'],
];
const MAX_CHARACTERS = 300;

/** The lines of a session that the user sees. */
export function transcriptOf({ events, exitCode, errorOutput }: Session): string[] {
  const lines = events.flatMap(linesOf);
  if (errorOutput.trim() !== '') lines.push(`standard error: ${plain(errorOutput)}`);
  if (exitCode !== 0) lines.push(exitCode === null ? 'hangs' : `ends with ${exitCode}`);
  return lines;
}

/** The lines that are in only one of two transcripts. */
export function differencesOf(expected: readonly string[], seen: readonly string[]): string[] {
  const missing = expected.filter((line) => !seen.includes(line)).map((line) => `missing: ${line}`);
  return [...missing, ...seen.filter((line) => !expected.includes(line))];
}

function linesOf({ type, subtype, message, is_error, result }: SessionEvent): string[] {
  if (type === 'assistant' || type === 'user') return blocksOf(message?.content).flatMap(lineOfBlock);
  if (type === 'result') return is_error ? [`fails: ${plain(result ?? subtype ?? '')}`] : [];
  // The user waits for each retry of Claude Code.
  if (type === 'system' && subtype === 'api_retry') return ['tries again'];
  return [];
}

function blocksOf(content: string | readonly Block[] | undefined): readonly Block[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return content ?? [];
}

function lineOfBlock(block: Block): string[] {
  if (block.type === 'text') return [`says: ${plain(block.text ?? '')}`];
  if (block.type === 'tool_use') return [`uses ${block.name}: ${plain(JSON.stringify(block.input))}`];
  if (block.type !== 'tool_result') return [];
  const text = typeof block.content === 'string' ? block.content : JSON.stringify(block.content ?? '');
  return [`${block.is_error ? 'is refused' : 'gets'}: ${plain(text)}`];
}

function plain(text: string): string {
  const shown = CHANGING.reduce((changed, [pattern, name]) => changed.replaceAll(pattern, name), text);
  return shown.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_CHARACTERS);
}
