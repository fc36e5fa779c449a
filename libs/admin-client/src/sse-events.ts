export interface SseEvent {
  readonly name: string;
  readonly data: string;
}

/** The events of a `text/event-stream`, each once it is complete. `onBytes` is called for comments too. */
export async function* eventsOf(body: ReadableStream<Uint8Array>, onBytes = () => {}): AsyncGenerator<SseEvent, void> {
  // By hand: not every browser can iterate over a stream.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = '';
  let lines: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      const complete = (pending + decoder.decode(value, { stream: true })).split('\n');
      pending = complete.pop() ?? '';
      for (const line of complete.map((text) => text.replace(/\r$/, ''))) {
        if (line !== '') {
          lines.push(line);
          continue;
        }
        const event = eventOf(lines);
        lines = [];
        if (event) yield event;
      }
    }
  } finally {
    // The rest is not read; a stream that has failed cannot be cancelled.
    await reader.cancel().catch(() => undefined);
  }
}

function eventOf(lines: readonly string[]): SseEvent | undefined {
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = valuesOf('data');
  return data.length === 0 ? undefined : { name: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') };
}
