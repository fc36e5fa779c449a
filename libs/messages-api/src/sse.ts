/**
 * Server-sent events as the Messages API writes them: `event:` line, one `data:` line, blank line, LF.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */

/** One event, ready for the wire. `data` is JSON on one line. */
export function sseEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}

/** The event that keeps a silent stream open. All clients skip it. */
export const PING_EVENT = sseEvent('ping', '{"type": "ping"}');
