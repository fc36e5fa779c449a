/**
 * Server-sent events as the Messages API writes them: `event:` line, one `data:` line, blank line, LF.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */

/** One event, ready for the wire. `data` is JSON on one line. */
export function sseEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** What the Messages API sends to keep a silent stream alive; every client skips it. */
export const PING_EVENT = sseEvent('ping', '{"type": "ping"}');
