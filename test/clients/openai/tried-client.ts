/** What a client needs to reach the gateway. */
export interface Setup {
  /** Ends in `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly prompt: string;
  readonly home: string;
  readonly workspace: string;
  /** Path of an installed program, or of a script of ours beside the installed packages. */
  program(name: string): string;
}

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** By path: configuration that the client reads. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TriedClient {
  readonly id: string;
  readonly name: string;
  readonly endpoint: 'chat' | 'responses';
  /** A name that the client insists on; an alias of the operator for it. @default a name of Claude */
  readonly model?: string;
  /** Exact versions; the first one names the client's. */
  readonly packages: readonly string[];
  start(setup: Setup): Start;
  /** What a user writes, for the page. */
  readonly lines: readonly string[];
}
