import 'reflect-metadata';
import { AdminClient } from '@claude-proxy/admin-client';
import { BudgetLedger } from '../../apps/proxy/src/admission/budgets/budget.ledger.js';
import { CostService } from '../../apps/proxy/src/prices/cost.service.js';
import { createKeys, type DemoKeys, setDayBudgets, setMonthBudgets } from './demo/access.js';
import { ACCOUNTS, DRILLED_USER } from './demo/company.js';
import { HistoryWriter, LINE_DAYS, type PastDay, pastDays } from './demo/history.js';
import { LiveTraffic } from './demo/live-traffic.js';
import { ORGANIZATIONS, playUpstreams } from './demo/upstreams.js';
import { type OwnStage, setStage } from './stage.js';

/** Stops by itself, in case it is forgotten. */
const MAX_MINUTES = 120;
const MINUTE_MS = 60_000;
const DRILL = { user: DRILLED_USER, seconds: 3_600, share: 0.5 };

/** Gives access to generated data only. */
const ADMIN_TOKEN = 'demo';

const SETTINGS = {
  ADMIN_TOKEN,
  ANTHROPIC_API_KEYS: ACCOUNTS.map(({ name, key }) => `${name}=${key}`).join(','),
  CLIENT_AUTH: 'keys',
  BUDGET_CONTACT: 'the platform team',
  FALLBACK_BUDGET_USD_PER_DAY: '400',
  FALLBACK_POLICY: 'fast',
  LOOP_DETECTION: 'warn',
  MASKING: 'aws',
  REQUEST_LOG_DAYS: String(LINE_DAYS),
  RETRY_THRESHOLD_SECONDS: '0',
};

/** A dashboard with months of history and continuing traffic, all of it on this machine. */
async function main(): Promise<void> {
  const end = endOfSignals();
  const stage = await setStage(SETTINGS, { port: Number(process.env.PORT ?? 8080), organizations: ORGANIZATIONS });
  const endUpstreams = playUpstreams(stage.anthropic, stage.bedrock);
  try {
    const admin = new AdminClient({ baseUrl: stage.url, token: ADMIN_TOKEN });
    const keys = await createKeys(admin);
    const requests = await writeHistory(stage, admin, keys, end);
    await admin.startDrill(DRILL);
    if (!end.aborted) process.stdout.write(textOf(stage.url, requests, keys));
    await new LiveTraffic(stage.url, keys, end).run(MAX_MINUTES * MINUTE_MS);
  } finally {
    endUpstreams();
    await stage.close();
  }
}

/** The first signal ends the demo in order, the second one at once. */
function endOfSignals(): AbortSignal {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (end.signal.aborted ? process.exit(1) : end.abort()));
  }
  return end.signal;
}

/** Budgets count from the moment at which they exist, so each is set before the days that it counts. */
async function writeHistory(
  { app }: OwnStage,
  admin: AdminClient,
  { ids: keyIds }: DemoKeys,
  end: AbortSignal,
): Promise<number> {
  const nowMs = Date.now();
  const days = [...pastDays({ costs: app.get(CostService), keyIds }, nowMs)];
  const today = days.pop()!;
  const monthMs = Date.UTC(new Date(nowMs).getUTCFullYear(), new Date(nowMs).getUTCMonth());
  const writer = new HistoryWriter(app);
  const write = async (some: readonly PastDay[]) => {
    for (const day of some) if (!end.aborted) await writer.write(day);
  };
  await write(days.filter(({ startMs }) => startMs < monthMs));
  const ofMonth = days.filter(({ startMs }) => startMs >= monthMs);
  await setMonthBudgets(admin, [...ofMonth, today]);
  await app.get(BudgetLedger).refresh();
  await write(ofMonth);
  await setDayBudgets(admin, today);
  await app.get(BudgetLedger).refresh();
  await write([today]);
  return [...days, today].reduce((sum, { exchanges, copies }) => sum + exchanges.length * copies, 0);
}

function textOf(url: string, requests: number, { secrets }: DemoKeys): string {
  return `Dashboard: ${url}/ui/ (admin token: ${ADMIN_TOKEN})
${requests.toLocaleString('en-US')} requests of the last months are made up; traffic continues at their pace. Ctrl-C ends it.
Join with Claude Code: ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${secrets.get('alice')} claude
`;
}

main().then(
  () => process.exit(0),
  (error: NodeJS.ErrnoException) => {
    const isTaken = error.code === 'EADDRINUSE';
    process.stderr.write(
      `${isTaken ? `The port is in use: ${error.message}. Set PORT to another port.` : error.stack}\n`,
    );
    process.exit(1);
  },
);
