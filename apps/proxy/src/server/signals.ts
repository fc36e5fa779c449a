/** One Ctrl-C under npm arrives as two signals, and some supervisors send two as well. */
const SAME_MOMENT_MS = 1_000;
/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface SignalHandler {
  /** `count` is 1 for the first signal, not counting repetitions of the same moment. */
  onSignal(name: NodeJS.Signals, count: number): void;
  onRepeated(name: NodeJS.Signals): void;
}

/** Before there is a handler nothing is served and nothing is pending. */
const WHILE_STARTING: SignalHandler = {
  onSignal(name) {
    process.stderr.write(`${name} while starting: nothing is served yet, the process ends\n`);
    process.exit(0);
  },
  onRepeated() {},
};

let handler = WHILE_STARTING;
let count = 0;
let countedAtMs = Number.NEGATIVE_INFINITY;

export function handleSignals(by: SignalHandler): void {
  handler = by;
}

// At the import, which comes first in both entries: process 1 of a container ignores every signal without a handler.
for (const name of SIGNALS) {
  process.on(name, () => {
    if (performance.now() - countedAtMs < SAME_MOMENT_MS) return handler.onRepeated(name);
    count += 1;
    handler.onSignal(name, count);
    // After the work, which on a busy machine takes a moment of its own.
    countedAtMs = performance.now();
  });
}
