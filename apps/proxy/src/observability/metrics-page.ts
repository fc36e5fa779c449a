import type { MetricDescription } from './metrics.js';

/** `docs/metrics.md`. */
export function metricsPage(metrics: readonly MetricDescription[]): string {
  const rows = metrics
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => `| \`${name}\` | ${type} | ${labels.map(codeOf).join(', ')} | ${help} |`);
  return `# Metrics

Written by \`npm run docs:metrics\`. \`GET /metrics\` is for Prometheus; a scraper sends the admin token as its bearer, or runs on
the same machine. Each task counts for itself, so sum over tasks. Counters begin at 0 with each start. No user is a label. The
label \`model\` has the 50 models that were answered first, \`other\` for further ones, and \`none\` for requests without a model. Times are
seconds. \`nodejs_eventloop_lag_*\` is the delay of the event loop.

[\`deploy/prometheus/rules.yaml\`](../deploy/prometheus/rules.yaml) has the alarms of the AWS stack as rules of Prometheus,
[\`deploy/grafana\`](../deploy/grafana) a dashboard.

| metric | type | labels | what |
|---|---|---|---|
${rows.join('\n')}
`;
}

function codeOf(text: string): string {
  return `\`${text}\``;
}
