export interface SseEvent {
  readonly name: string;
  readonly data: string;
}

/** The events of a complete stream. Throws if it ends inside an event. */
export function eventsOf(stream: string): SseEvent[] {
  const events = stream.split(/\r?\n\r?\n/);
  const rest = events.pop();
  if (rest !== '') throw new Error(`the stream ends inside an event: ${JSON.stringify(rest)}`);
  return events.map(eventOf);
}

/** The events of a stream, each as soon as it is complete. Throws when the connection breaks. */
export async function* liveEventsOf(response: Response): AsyncGenerator<SseEvent> {
  const decoder = new TextDecoder();
  let pending = '';
  for await (const chunk of response.body!) {
    pending += decoder.decode(chunk, { stream: true });
    const events = pending.split('\n\n');
    pending = events.pop()!;
    for (const event of events) yield eventOf(event);
  }
}

/** Everything that arrived until the stream ended or broke. */
export async function readToTheEnd(response: Response): Promise<{ bytes: Buffer; isBroken: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of response.body!) chunks.push(chunk);
    return { bytes: Buffer.concat(chunks), isBroken: false };
  } catch {
    return { bytes: Buffer.concat(chunks), isBroken: true };
  }
}

function eventOf(text: string): SseEvent {
  const lines = text.split(/\r?\n/);
  const valuesOf = (field: string) =>
    lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).trimStart());
  return { name: valuesOf('event').at(-1) ?? '', data: valuesOf('data').join('\n') };
}
