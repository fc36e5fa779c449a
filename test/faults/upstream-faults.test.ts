import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AnthropicSimulator,
  answer,
  startAnthropicSimulator,
  UPSTREAM_FAULTS,
  type UpstreamFault,
} from '@claude-proxy/simulator';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltGateway } from '../support/built-gateway.js';
import { CALLERS, type CallerName, type Sight, sightOf } from '../support/upstream-fault-callers.js';

/** The longest one takes 10 s on an idle machine. */
const PATIENCE_MS = 90_000;
const CONCURRENT_REQUESTS = 12;
const MIB = 1024 * 1024;
/** As a task of 1 GB is deployed; with the heap of a larger machine V8 collects buffers later, and RSS says little. */
const HEAP_OF_A_TASK = '--max-old-space-size=409';
const MOST_RESIDENT_BYTES = 900 * MIB;

/** Results for callers of the Messages API and of the OpenAI endpoints, each for JSON and for a stream. */
type Row = readonly [messages: Sight, messagesStream: Sight | RegExp, openAi: Sight, openAiStream: Sight];

const NOT_AN_ANSWER: Row = ['502', '502', '502', '502'];
const LIMITED: Row = ['429', '429', '429', '429'];
const REFUSED: Row = ['400', '400', '400', '400'];
const PASSED: Row = ['answered', 'answered', 'answered', 'answered'];
const REPORTED_LATE: Row = ['error event', 'error event', 'error event', 'error event'];
/** JSON is relayed unchanged; the OpenAI endpoints must parse it. */
const RELAYED_ONLY: Row = ['answered', 'answered', '502', '502'];
/** Bytes of a stream are relayed if enough of them arrive before the check that they contain an event. */
const BOMB: Row = ['answered', /^(answered|502)$/, '502', '502'];
const UNDECODABLE: Row = ['answered', '502', '502', '502'];
/** A requested stream has sent nothing when it ends; JSON is not held back. */
const UNNAMED_EVENTS: Row = ['error event', '502', 'error event', '502'];
const CUT_IN_JSON: Row = ['broken', '502', '502', '502'];

const SIGHTS: Readonly<Record<string, Row>> = {
  'a reset within the body': CUT_IN_JSON,
  'an end within the body': CUT_IN_JSON,
  'an end within a chunk': CUT_IN_JSON,
  'an end without the last chunk': CUT_IN_JSON,
  'a 429 whose body is reset': LIMITED,
  'a content-length that is too long': ['broken', 'answered', '502', 'answered'],
  'a content-length that is too short': ['answered', 'error event', '502', 'error event'],
  'a second answer after the first': PASSED,
  'JSON that ends in the middle': ['answered', '502', '502', '502'],
  'bytes that are not UTF-8': PASSED,
  'NUL bytes': ['answered', 'error event', '502', 'error event'],
  'a million opening brackets': ['answered', 'error event', '502', 'error event'],
  'a body without end': ['broken', 'error event', '502', 'error event'],
  'a refusal of 300 KB': REFUSED,
  'a refusal of more than 8 MB': REFUSED,
  'a refusal without end': REFUSED,
  'a refusal that stalls': REFUSED,
  'a bomb in gzip': BOMB,
  'a bomb in deflate': BOMB,
  'a bomb in br': BOMB,
  'a bomb in zstd': BOMB,
  'a bomb in a refusal': ['400', '400', '502', '502'],
  'compressed bytes that are corrupt': UNDECODABLE,
  'compressed bytes that end in the middle': UNDECODABLE,
  'plain bytes that claim to be compressed': UNDECODABLE,
  'an unknown content coding': RELAYED_ONLY,
  'JSON in place of a stream, and the reverse': PASSED,
  'an error as the first event': REPORTED_LATE,
  'an error as the first event, and no end': REPORTED_LATE,
  'a stream without its last event': REPORTED_LATE,
  'a complete stream without an end': PASSED,
  'a complete stream with more after it': PASSED,
  'an event of 50 MB': ['answered', 'answered', 'error event', 'error event'],
  'a line of 50 MB that does not end': REPORTED_LATE,
  'an event of 100,000 lines': ['answered', 'answered', 'error event', 'error event'],
  'lines that end in CR alone': UNNAMED_EVENTS,
  'events without names': UNNAMED_EVENTS,
  'events that are not JSON': ['answered', 'answered', 'error event', 'error event'],
  'NULs between events': PASSED,
  'pings without end': REPORTED_LATE,
  'events without content and without end': REPORTED_LATE,
  'comments without end': REPORTED_LATE,
};

const COLUMN: Readonly<Record<CallerName, 0 | 1 | 2 | 3>> = {
  messages: 0,
  'messages, streamed': 1,
  chat: 2,
  'chat, streamed': 3,
  responses: 2,
  'responses, streamed': 3,
};

/** The expected results. For all other faults no upstream answers. */
function expectedSights(fault: UpstreamFault): Record<CallerName, unknown> {
  const row = SIGHTS[fault.name] ?? NOT_AN_ANSWER;
  const expected = ([caller, column]: [string, 0 | 1 | 2 | 3]) => {
    const sight = row[column];
    return [caller, sight instanceof RegExp ? expect.stringMatching(sight) : sight];
  };
  return Object.fromEntries(Object.entries(COLUMN).map(expected));
}

const residentBytes = async (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

describe('an upstream with a faulty answer', () => {
  const sights = new Map<string, Partial<Record<CallerName, Sight>>>();
  const afterwards: Sight[] = [];
  const faultOf = new Map<string, UpstreamFault>();
  const healthStatuses = new Set<number>();
  let upstream: AnthropicSimulator;
  let gateway: BuiltGateway;
  let peakBytes = 0;

  const play = async (fault: UpstreamFault, caller: CallerName, key: string) => {
    faultOf.set(key, fault);
    const sight = await sightOf(gateway.port, CALLERS[caller], key, PATIENCE_MS);
    sights.set(fault.name, { ...sights.get(fault.name), [caller]: sight });
    faultOf.delete(key);
    // Uses the connections that remain after the fault.
    afterwards.push(await sightOf(gateway.port, CALLERS.messages, `${key}-well`, PATIENCE_MS));
  };

  beforeAll(async () => {
    upstream = await startAnthropicSimulator({ isRecording: false, isStrict: false });
    upstream.setDefault((request) => {
      const isStream = request.json?.stream === true;
      return faultOf.get(request.credential ?? '')?.behaviour(isStream) ?? answer();
    });
    // Builds the bombs before the measurement.
    for (const fault of UPSTREAM_FAULTS) fault.behaviour(false);
    gateway = await BuiltGateway.started({
      ANTHROPIC_UPSTREAM_URL: upstream.url,
      THROTTLE_LIMIT: '0',
      NODE_OPTIONS: HEAP_OF_A_TASK,
    });
    const names = Object.keys(CALLERS) as CallerName[];
    const jobs = UPSTREAM_FAULTS.flatMap((fault) => names.map((name) => [fault, name] as const));
    const ended = new AbortController();
    const watching = (async () => {
      while (!ended.signal.aborted) {
        healthStatuses.add((await fetch(`${gateway.url}/health`, { signal: AbortSignal.timeout(PATIENCE_MS) })).status);
        peakBytes = Math.max(peakBytes, await residentBytes(gateway.pid));
        await sleep(100);
      }
    })();
    let keys = 0;
    const worker = async () => {
      for (let job = jobs.shift(); job; job = jobs.shift()) await play(...job, `sk-ant-fault-${keys++}`);
    };
    await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, worker));
    ended.abort();
    await watching;
  }, 300_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream.close();
  });

  it.each(UPSTREAM_FAULTS.map((fault) => [fault.name, fault] as const))(
    '%s gives every caller an answer or an error',
    (name, fault) => {
      expect(sights.get(name)).toEqual(expectedSights(fault));
    },
  );

  it('does not affect the next request', () => {
    expect(new Set(afterwards)).toEqual(new Set(['answered']));
  });

  it('does not affect /health', () => {
    expect(healthStatuses).toEqual(new Set([200]));
  });

  it('needs no more memory than a small task has', () => {
    expect(peakBytes / MIB).toBeLessThan(MOST_RESIDENT_BYTES / MIB);
  });
});
