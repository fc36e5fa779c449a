import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoKeys } from './access.js';
import {
  between,
  DRILLED_USER,
  type Member,
  OWN_CREDENTIAL,
  PEOPLE,
  PROGRAMS,
  pick,
  pickMember,
  requestsPerHour,
  SHARE_OF_SESSIONS,
} from './company.js';
import { LiveSession, loopBody } from './live-session.js';

const HOUR_MS = 60 * 60_000;
const SESSIONS = 12;
/** Rather another turn than another session. */
const KEPT_SHARE = 0.85;
/** One person goes for lunch after each few turns, longer than a prompt cache lives. */
const LUNCH_MS = 6 * 60_000;
const LUNCH_SHARE = 0.03;
/** Turns at the start, close together, so that the first look at the page finds sessions. */
const OPENING_TURNS = 40;
const OPENING_PAUSE_MS = 400;
const TICKET = 'The invoice of October was sent twice, and the customer wrote back. ';

const FIRST_MEMBERS = PEOPLE.filter(({ user }) => user === OWN_CREDENTIAL.user || user === DRILLED_USER);

/** People and programs at work, at the pace of the history. */
export class LiveTraffic {
  /** The first ones meet the limit of a credential of their own, and the drill. */
  private sessions = FIRST_MEMBERS.map((member) => new LiveSession(member));

  constructor(
    private readonly url: string,
    private readonly keys: DemoKeys,
    private readonly end: AbortSignal,
  ) {}

  /** Until the end, or for so long. */
  async run(milliseconds: number): Promise<void> {
    const { end: signal } = this;
    const untilMs = Date.now() + milliseconds;
    this.send(PROGRAMS[0]!, loopBody(), randomUUID()).catch(() => {});
    for (let turns = 0; !signal.aborted && Date.now() < untilMs; turns += 1) {
      void this.act().catch(() => {});
      const pauseMs = turns < OPENING_TURNS ? OPENING_PAUSE_MS : HOUR_MS / requestsPerHour(Date.now());
      await sleep(pauseMs * between(0.3, 1.7), undefined, { signal }).catch(() => {});
    }
  }

  private async act(): Promise<void> {
    if (Math.random() > SHARE_OF_SESSIONS) {
      const member = pickMember(PROGRAMS);
      const content = `Summarize this ticket in one sentence.\n${TICKET.repeat(Math.round(between(15, 350)))}`;
      const question = { model: pick(member.models), max_tokens: 400, messages: [{ role: 'user', content }] };
      await this.send(member, question);
      return;
    }
    await this.turn(this.idleSession());
  }

  private async turn(session: LiveSession): Promise<void> {
    session.isBusy = true;
    const text = await this.send(session.member, session.next(), session.id).catch(() => undefined);
    if (text === undefined) session.failed();
    else session.answered(text);
    if (Math.random() < LUNCH_SHARE) await sleep(LUNCH_MS, undefined, { signal: this.end });
    session.isBusy = false;
  }

  private idleSession(): LiveSession {
    this.sessions = this.sessions.filter(({ isOver }) => !isOver);
    const idle = this.sessions.filter(({ isBusy }) => !isBusy);
    const isEnough = this.sessions.length >= SESSIONS || Math.random() < KEPT_SHARE;
    if (idle.length > 0 && isEnough) return pick(idle);
    const session = new LiveSession(pickMember(PEOPLE));
    this.sessions.push(session);
    return session;
  }

  private credentialsOf(user: string): Record<string, string> {
    const key = this.keys.secrets.get(user)!;
    if (user !== OWN_CREDENTIAL.user) return { 'x-api-key': key };
    return { 'x-api-key': OWN_CREDENTIAL.key, 'x-claude-proxy-key': key };
  }

  /** The text of the answer; undefined for a refusal. */
  private async send({ user }: Member, body: object, session?: string): Promise<string | undefined> {
    const response = await fetch(`${this.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'user-agent': 'claude-cli/2.1.0 (external, cli)',
        ...this.credentialsOf(user),
        ...(session !== undefined && { 'x-claude-code-session-id': session }),
      },
      body: JSON.stringify(body),
      signal: this.end,
    });
    const text = await response.text();
    if (!response.ok) return undefined;
    return [...text.matchAll(/"text_delta","text":"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part).join('');
  }
}
