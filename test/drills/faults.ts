import {
  type Behaviour,
  cut,
  endEarly,
  errorInside200,
  html,
  overloaded,
  redirect,
  resetBeforeHeaders,
  silence,
} from '@claude-proxy/simulator';
import { ask, type Seen } from './scene.js';
import type { Stage } from './stage.js';

/** What happens to Anthropic, and what a person at a client has to see. */
interface Fault {
  readonly title: string;
  readonly script: readonly Behaviour[];
  readonly expect: 'anthropic' | 'bedrock' | 'an honest error';
}

const BEGUN = { afterEvents: 1 };

const FAULTS: readonly Fault[] = [
  { title: 'Anthropic is overloaded (529)', script: [overloaded()], expect: 'bedrock' },
  { title: 'a 200 begins with overloaded_error', script: [errorInside200('overloaded_error')], expect: 'bedrock' },
  { title: 'a proxy on the way says 502 in HTML', script: [html(502)], expect: 'bedrock' },
  { title: 'a redirect comes, which is never followed', script: [redirect('http://127.0.0.1:1/')], expect: 'bedrock' },
  { title: 'a kept-alive connection turns out to be closed', script: [resetBeforeHeaders()], expect: 'anthropic' },
  { title: 'every connection is reset', script: [resetBeforeHeaders(), resetBeforeHeaders()], expect: 'bedrock' },
  { title: 'the message begins, and is cut off', script: [cut(BEGUN)], expect: 'bedrock' },
  { title: 'the message begins, and the stream ends', script: [endEarly(BEGUN)], expect: 'bedrock' },
  { title: 'silence before the headers, with pings', script: [silence({ ms: 2_200 })], expect: 'anthropic' },
  { title: 'silence in mid-stream, with pings', script: [silence({ ms: 2_200, afterEvents: 4 })], expect: 'anthropic' },
  { title: 'the stream is cut in mid-stream', script: [cut()], expect: 'an honest error' },
  { title: 'the stream ends in mid-stream', script: [endEarly()], expect: 'an honest error' },
  {
    title: 'the stream is cut inside a character',
    script: [cut({ insideCharacter: true })],
    expect: 'an honest error',
  },
];

export const FAULTS_ENVIRONMENT = { PING_AFTER_SECONDS: '1' };

/** One line for each fault: what was expected, what was seen, and how long it took. */
export async function* playFaults(stage: Stage): AsyncGenerator<{ line: string; holds: boolean }> {
  for (const { title, script, expect } of FAULTS) {
    // Warms a connection up, and ends a row of failures.
    await ask(stage, { isStream: true });
    stage.anthropic.script(...script);
    const seen = await ask(stage, { isStream: true }).catch((error: Error) => error);
    const was = seen instanceof Error ? 'an honest error' : whoAnswered(seen);
    const holds = was === expect;
    const how = seen instanceof Error ? oneLine(seen.message) : `${seen.milliseconds} ms, "${seen.text}"`;
    yield { line: `${holds ? '✅' : '❌'} ${title.padEnd(48)} ${was.padEnd(16)} ${how}`, holds };
    stage.anthropic.reset();
  }
}

/** By the text: a stream that began with our pings names no upstream in its head. */
function whoAnswered({ text }: Seen): string {
  return text.includes('Bedrock') ? 'bedrock' : 'anthropic';
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 90);
}
