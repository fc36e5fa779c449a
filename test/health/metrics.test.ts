import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Metrics } from '../../apps/proxy/src/observability/metrics.js';
import { metricsPage } from '../../apps/proxy/src/observability/metrics-page.js';
import { adminApi } from '../support/admin-api.js';
import { postMessage } from '../support/post-message.js';
import { type Stage, startStage } from '../support/start-stage.js';

const fileOf = (path: string) => new URL(`../../${path}`, import.meta.url);
const textOf = (path: string) => readFileSync(fileOf(path), 'utf8');
/** Of Prometheus itself, and placeholders of Grafana. */
const NOT_OURS = /^(?:up|version|model|status|le|kind|state|reason|upstream|rule)$/;
/** Of the gateway alone: the AWS stack has no metric for them. */
const FURTHER_RULES = ['UpstreamUnusable', 'BudgetSpent'];

let stage: Stage;
const admin = adminApi(() => stage.gateway);
beforeAll(async () => {
  stage = await startStage({ THROTTLE_LIMIT: '4' });
  for (const scope of ['team:search', 'user:alice']) {
    await admin.ask(`/api/budgets/${scope}`, { method: 'PUT', body: JSON.stringify({ usd: { month: 12.5 } }) });
  }
  await postMessage(stage.gateway, { user: 'other', model: 'no-such-model', body: { max_tokens: -1 } });
  for (let turn = 0; turn < 4; turn += 1) await postMessage(stage.gateway, { isStream: turn === 0 });
});
afterAll(() => stage.close());

const scrape = async () => (await admin.ask('/metrics')).text;

/** `claude_proxy_duration_seconds` for its buckets, sum and count. */
function metricNamesIn(expression: string): string[] {
  const names = expression.match(/\b(?:claude_proxy|nodejs|process)_\w+/g) ?? [];
  return names.map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

const dashboard = JSON.parse(textOf('deploy/grafana/claude-code-proxy.json'));
const rules: { alert: string; expr: string }[] = parse(textOf('deploy/prometheus/rules.yaml')).groups[0].rules;

describe('/metrics', () => {
  it('names version, model, own throttles and the state of the gateway', async () => {
    const text = await scrape();
    for (const line of [
      /^claude_proxy_build_info\{version="\d+\.\d+\.\d+",node="v\d+/m,
      /^claude_proxy_duration_seconds_count\{upstream="anthropic",model="claude-opus-5-5"\} 3$/m,
      /^claude_proxy_throttles_total 1$/m,
      /^claude_proxy_unanswered_total 0$/m,
      /^claude_proxy_open_breakers\{upstream="anthropic"\} 0$/m,
      /^claude_proxy_upstream_usable\{upstream="anthropic"\} 1$/m,
      /^claude_proxy_memory_limit_bytes \d{8,}/m,
      /^claude_proxy_budgets 2$/m,
      /^claude_proxy_budget_cap_usd\{budget="team:search",unit="usd",window="month"\} 12.5$/m,
      /^claude_proxy_budget_used_ratio\{budget="team:search",unit="usd",window="month"\} 0$/m,
      /^claude_proxy_limited_windows 0$/m,
      /^claude_proxy_drills 0$/m,
      /^claude_proxy_store_lost_exchanges_total 0$/m,
      /^nodejs_eventloop_lag_p99_seconds /m,
    ])
      expect(text).toMatch(line);
  });

  it('has no model that only a refused request has named', async () => {
    expect(await scrape()).not.toContain('no-such-model');
  });

  it('has no budget of a single user', async () => {
    expect(await scrape()).not.toContain('user:');
  });

  it('is described in docs/metrics.md as `npm run docs:metrics` prints it', () => {
    expect(textOf('docs/metrics.md')).toBe(metricsPage(stage.gateway.app.get(Metrics).descriptions));
  });
});

describe('dashboards and rules', () => {
  it('ask for metrics and labels that a scrape has', async () => {
    const known = new Map(stage.gateway.app.get(Metrics).descriptions.map(({ name, labels }) => [name, labels]));
    const panels = (dashboard.panels as Panel[]).flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const expressions = [...panels, ...rules.map(({ expr }) => expr)];
    expect(expressions.flatMap(metricNamesIn).filter((name) => !known.has(name))).toEqual([]);
    const labels = new Set([...known.values()].flat());
    const asked = expressions.flatMap((text) =>
      [...text.matchAll(/by \(([\w, ]+)\)/g)].flatMap(([, by]) => by!.split(', ')),
    );
    expect(asked.filter((label) => !labels.has(label) && !NOT_OURS.test(label))).toEqual([]);
  });

  it('have a rule for each alarm of the AWS stack that a gateway can measure', () => {
    const alarms = [...textOf('infra/cdk/lib/alarms.ts').matchAll(/name: '(\w+)'/g)].map(([, name]) => name!);
    const ofTheStack = rules.map(({ alert }) => alert).filter((name) => !FURTHER_RULES.includes(name));
    expect(ofTheStack.toSorted()).toEqual(alarms.filter((name) => name !== 'FirewallBlocks').toSorted());
  });

  it('are accepted by promtool, where it is installed', () => {
    const found = (() => {
      try {
        return execFileSync('promtool', ['check', 'rules', fileOf('deploy/prometheus/rules.yaml').pathname]).toString();
      } catch (error) {
        if ((error as { code?: string }).code === 'ENOENT') return 'SUCCESS: promtool is not installed';
        throw error;
      }
    })();
    expect(found).toContain('SUCCESS');
  });
});
