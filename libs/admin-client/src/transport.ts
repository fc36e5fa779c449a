/** How requests are sent. The standard one is `fetch`; a program may bring another. */
export type Transport = (url: URL, request: TransportRequest) => Promise<TransportAnswer>;

interface TransportRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Ends the request and the reading of its answer; its reason is thrown. */
  readonly signal: AbortSignal;
}

export interface TransportAnswer {
  readonly status: number;
  readonly statusText: string;
  header(name: string): string | null;
  text(): Promise<string>;
  /** The body as it arrives. Undefined without a body. */
  chunks(): AsyncIterable<Uint8Array> | undefined;
}

export const fetchTransport: Transport = async (url, request) => {
  const response = await fetch(url, { ...request, credentials: 'same-origin', cache: 'no-store' });
  return {
    status: response.status,
    statusText: response.statusText,
    header: (name) => response.headers.get(name),
    text: () => response.text(),
    chunks: () => (response.body ? chunksOf(response.body) : undefined),
  };
};

/** By hand: not every browser can iterate over a stream. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // The rest is not read; a stream that has failed cannot be cancelled.
    await reader.cancel().catch(() => undefined);
  }
}
