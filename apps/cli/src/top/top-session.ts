import type { AdminClient } from '@claude-proxy/admin-client';
import type { World } from '../core/world.js';
import { storyOf } from '../requests/story.js';
import type { Layout } from '../text/layout.js';
import { keysOf } from './keys-of.js';
import { Screen } from './screen.js';
import { readLines, readOverview, readStreams } from './top-data.js';
import { frameOf } from './top-frame.js';
import { newTop, pressed, type TopState, visibleLines, withLines } from './top-state.js';

/** A frame is drawn at most so often, and only if something has changed. */
const FRAME_MS = 500;
const OVERVIEW_MS = 5_000;
const STREAMS_MS = 2_000;

/** A terminal that can be put into raw mode: what `process.stdin` is. */
export interface Keyboard {
  readonly isTTY?: boolean | undefined;
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  off(event: 'data', listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** The terminal UI, from its first frame until a key, a signal or an error ends it. */
export class TopSession {
  private state: TopState;
  private readonly screen: Screen;
  private readonly end = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();
  private lastFrameMs = 0;
  private pendingFrame: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: AdminClient,
    url: string,
    private readonly world: World,
    private readonly layout: Layout,
  ) {
    this.state = newTop(url, world.now());
    this.screen = new Screen(world.stdout);
  }

  /** Without a keyboard: one frame. */
  async once(): Promise<string[]> {
    const signal = this.world.signal;
    const read = [readOverview, readLines, readStreams].map((each) => each(this.client, signal));
    for (const change of await Promise.all(read)) this.state = change(this.state);
    // A frame alone has no feed.
    this.state = { ...this.state, connection: 'open' };
    return frameOf(this.state, { ...this.size(), hasColor: false });
  }

  /** @throws what made it end, after the terminal is as before */
  async run(keyboard: Keyboard): Promise<void> {
    const signal = AbortSignal.any([this.world.signal, this.end.signal]);
    const close = this.open(keyboard);
    try {
      this.drawNow();
      await Promise.all([this.readOften(signal), this.readRequests(signal)]);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      close();
    }
  }

  /** Takes the terminal, and returns what gives it back: called at every way out, also at an exit without it. */
  private open(keyboard: Keyboard): () => void {
    const onData = (chunk: Buffer) => this.onKeys(keysOf(chunk.toString('utf8')), keyboard);
    const onResize = () => {
      this.screen.forget();
      this.drawNow();
    };
    const restore = () => {
      this.screen.close();
      keyboard.setRawMode(false);
    };
    const take = () => {
      keyboard.setRawMode(true);
      this.screen.open();
      this.screen.forget();
      this.drawNow();
    };
    keyboard.on('data', onData);
    keyboard.resume();
    take();
    process.on('SIGWINCH', onResize);
    const onStop = () => this.suspend(keyboard);
    process.on('SIGTSTP', onStop);
    process.on('SIGCONT', take);
    process.once('exit', restore);
    return () => {
      for (const timer of this.timers) clearInterval(timer);
      clearTimeout(this.pendingFrame);
      process.off('SIGWINCH', onResize);
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', take);
      process.off('exit', restore);
      keyboard.off('data', onData);
      keyboard.pause();
      restore();
    };
  }

  private onKeys(keys: readonly string[], keyboard: Keyboard): void {
    for (const key of keys) {
      if (key === 'ctrl-z') this.suspend(keyboard);
      const { state, act } = pressed(this.state, key);
      this.state = state;
      if (act === 'quit') {
        this.end.abort();
        return;
      }
      if (act === 'story') void this.readStory();
    }
    this.drawNow();
  }

  /** SIGCONT takes the terminal again. */
  private suspend(keyboard: Keyboard): void {
    this.screen.close();
    keyboard.setRawMode(false);
    process.kill(process.pid, 'SIGSTOP');
  }

  private async readStory(): Promise<void> {
    const line = visibleLines(this.state)[this.state.selected];
    if (!line) return;
    const story = await this.client.request(line.id, this.end.signal).then(storyOf, (error: Error) => [error.message]);
    this.change((state) => (state.mode === 'story' ? { ...state, story } : state));
  }

  private async readOften(signal: AbortSignal): Promise<void> {
    const read = async () => this.change(await readOverview(this.client, signal));
    const streams = async () => this.change(await readStreams(this.client, signal));
    await Promise.all([read(), streams()]);
    this.timers.add(setInterval(() => void streams(), STREAMS_MS));
    this.timers.add(setInterval(() => void read().catch(() => undefined), OVERVIEW_MS));
    this.timers.add(setInterval(() => this.change((state) => state), FRAME_MS * 2));
  }

  private async readRequests(signal: AbortSignal): Promise<void> {
    const events = this.client.live({ signal, onState: (connection) => this.noteConnection(connection, signal) });
    for await (const event of events) {
      if (event.type === 'exchange') this.change((state) => withLines(state, [event.request]));
      if (event.type === 'event') this.change((state) => ({ ...state, event: event.event }));
    }
  }

  private noteConnection(connection: TopState['connection'], signal: AbortSignal): void {
    this.change((state) => ({ ...state, connection }));
    if (connection === 'open')
      void readLines(this.client, signal).then(
        (change) => this.change(change),
        () => undefined,
      );
  }

  private change(by: (state: TopState) => TopState): void {
    this.state = by(this.state);
    const waitMs = this.lastFrameMs + FRAME_MS - this.world.now();
    if (waitMs <= 0) this.drawNow();
    else this.pendingFrame ??= setTimeout(() => this.drawNow(), waitMs);
  }

  private drawNow(): void {
    clearTimeout(this.pendingFrame);
    this.pendingFrame = undefined;
    this.lastFrameMs = this.world.now();
    this.state = { ...this.state, nowMs: this.lastFrameMs };
    this.screen.draw(frameOf(this.state, this.size()));
  }

  private size() {
    const { columns = 80, rows = 24 } = this.world.stdout;
    const { hasColor, hasUnicode } = this.layout;
    return { columns, rows, hasColor, hasUnicode };
  }
}
