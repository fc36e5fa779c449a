/** What the command line uses of its process. Tests give their own. */
export interface World {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly directory: string;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly now: () => number;
  /** Since the start of the process. */
  readonly ageMs: () => number;
  /** Aborts when the person interrupts the command. */
  readonly signal: AbortSignal;
  /** Programs of the gateway, which replace this process: then it does not settle. */
  readonly launch: (program: 'serve' | 'config-check', args: readonly string[]) => void | Promise<void>;
  /** Starts this program once more, in the background. */
  readonly startAgain: (args: readonly string[]) => void;
}

export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string): unknown;
}

interface InputStream extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean | undefined;
}
