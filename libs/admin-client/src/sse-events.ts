export interface SseEvent {
  readonly name: string;
  readonly data: string;
}

/** The events of a `text/event-stream`, each once it is complete. `onBytes` is called for comments too. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>, onBytes = () => {}): AsyncGenerator<SseEvent, void> {
  const decoder = new TextDecoder();
  let pending = '';
  let lines: string[] = [];
  for await (const chunk of body) {
    onBytes();
    const complete = (pending + decoder.decode(chunk, { stream: true })).split('\n');
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
}

function eventOf(lines: readonly string[]): SseEvent | undefined {
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = valuesOf('data');
  return data.length === 0 ? undefined : { name: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') };
}
