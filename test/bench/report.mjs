import { median, spread } from './rounds.mjs';

const YARDSTICK = 'bare';
const PRODUCT = 'product';
const NAME_WIDTH = 14;

/** Targets (docs/decisions/0015), and the limits of `--max`, which allow for noise. */
export const TARGETS = {
  json: { title: 'JSON, 1 KB', unit: 'request', target: 2.4, limit: 2.7 },
  jsonAll: { title: 'JSON, 1 KB, with accounts, keys and budgets', target: 2.4, limit: 2.7 },
  sse: { title: 'SSE, 300 events', unit: 'event', perUnit: 300, target: 0.75, limit: 0.85 },
  paced: { title: 'paced streams', unit: 'event', target: 1.05, limit: 1.15 },
  body400k: { title: 'body of 400 KB', unit: 'request', target: 1.1, limit: 1.3 },
  body2m: { title: 'body of 2 MB', unit: 'request', target: 1.6, limit: 1.9 },
  poolMicroseconds: { title: 'pool of 50 accounts, per request', target: 20, limit: 20 },
  maskingColdMs: { title: 'masking 400 KB at first sight', target: 10, limit: 10 },
  maskingSeenMs: { title: 'masking 400 KB that was seen', target: 2, limit: 2 },
  maskingEventMicroseconds: { title: 'restoring an event without a placeholder', target: 3, limit: 3 },
  sessionsNextMicroseconds: { title: 'comparing a prompt of 400 KB with the one before', target: 150, limit: 200 },
  sessionsFirstMicroseconds: { title: 'the first prompt of 400 KB of a session', target: 3_000, limit: 5_000 },
  keysMicroseconds: { title: 'client key, limits and budgets, per request', target: 40, limit: 40 },
  firstByteMs: { title: 'first byte, added p50', target: 0.3, limit: 0.5 },
  burstMs: { title: 'first byte of 500 streams that begin in a second, p50', target: 5, limit: 10 },
  coldBurstMs: { title: 'the same in a process that has just started', target: 50, limit: 100 },
  jsonPromotedKb: { title: 'JSON, promoted per request', target: 12, limit: 20 },
  ssePromotedKb: { title: 'SSE, promoted per request', target: 16, limit: 28 },
  jsonGcPercent: { title: 'JSON, garbage collection of all CPU', target: 10, limit: 15 },
  sseGcPercent: { title: 'SSE, garbage collection of all CPU', target: 8, limit: 12 },
  idleKb: { title: 'idle stream', target: 40, limit: 50 },
  peakMb: { title: 'peak RSS', target: 230, limit: 300 },
  startMs: { title: 'start to first answer', target: 1_000, limit: 2_000 },
};

export class Report {
  overLimit = [];

  line(text) {
    process.stdout.write(`${text}\n`);
  }

  costs(name, costs) {
    const { title, unit, perUnit = 1, target } = TARGETS[name];
    this.line(`\n${title} (CPU per ${unit}; product at most ${target} x bare)`);
    for (const [subject, values] of costs) {
      const ratios = ratiosOf(values, costs.get(YARDSTICK));
      const microseconds = `${(median(values) / perUnit).toFixed(2).padStart(9)} us`;
      const columns = [microseconds, ratioText(ratios, YARDSTICK)];
      if (subject !== YARDSTICK && subject !== PRODUCT)
        columns.push(ratioText(ratiosOf(values, costs.get(PRODUCT)), PRODUCT));
      this.line(`  ${subject.padEnd(NAME_WIDTH)} ${columns.join(' ')}`);
      if (subject === PRODUCT) this.#judge(name, median(ratios));
      if (subject === 'all' && name === 'json') this.#judge('jsonAll', median(ratios));
    }
  }

  delays(title, delays) {
    this.line(`\n${title}, added to a direct request`);
    for (const [subject, { p50, p99 }] of delays) {
      this.line(`  ${subject.padEnd(NAME_WIDTH)} p50 ${p50.toFixed(3)} ms  p99 ${p99.toFixed(3)} ms`);
    }
  }

  figure(name, value, unit) {
    const { title, target } = TARGETS[name];
    this.line(
      `${title}: ${value.toFixed(name === 'firstByteMs' ? 3 : value < 100 ? 1 : 0)} ${unit} (target ${target})`,
    );
    this.#judge(name, value);
  }

  #judge(name, value) {
    if (value > TARGETS[name].limit) this.overLimit.push(`${name} ${value.toFixed(2)} > ${TARGETS[name].limit}`);
  }
}

function ratiosOf(values, others) {
  return values.map((value, round) => value / others[round]);
}

function ratioText(ratios, yardstick) {
  return `${median(ratios).toFixed(2).padStart(6)} x ${yardstick}  ±${spread(ratios).toFixed(2)}`;
}
