import type { AdminClient } from '@claude-proxy/admin-client';
import { type TopState, withLines } from './top-state.js';

const FIRST_LINES = 200;

/** The part of the state that is asked for every few seconds; the requests come by the live feed. */
export async function readOverview(client: AdminClient, signal: AbortSignal): Promise<(state: TopState) => TopState> {
  try {
    const [verdict, hour, day, limits, drills, accounts, tasks] = await Promise.all([
      client.verdict(signal),
      client.analytics('1h', {}, signal),
      client.analytics('24h', {}, signal),
      client.limits(signal),
      client.drills(signal),
      // A viewer of a team may not read them, and earlier versions do not have them.
      client.accounts(signal).catch(() => ({ accounts: [] })),
      client.tasks(signal).catch(() => ({ tasks: [] })),
    ]);
    const found = {
      readiness: verdict.readiness,
      verdict,
      hour,
      day,
      limits: limits.limits,
      drills: drills.drills,
      accounts: accounts.accounts,
      tasks: tasks.tasks.filter(({ state }) => state !== 'silent').length,
      error: null,
    };
    return (state) => ({ ...state, ...found });
  } catch (error) {
    signal.throwIfAborted();
    const { message } = error as Error;
    return (state) => ({ ...state, error: message });
  }
}

/** An earlier version, and a load balancer in between, may not have them. */
export async function readStreams(client: AdminClient, signal: AbortSignal): Promise<(state: TopState) => TopState> {
  const { requests, task } = await client.inFlight(signal).catch(() => ({ requests: [], task: undefined }));
  return (state) => ({ ...state, streams: requests, streamHost: task?.host ?? null });
}

export async function readLines(client: AdminClient, signal: AbortSignal): Promise<(state: TopState) => TopState> {
  const { requests } = await client.requests({ limit: FIRST_LINES }, signal);
  return (state) => withLines(state, requests);
}
