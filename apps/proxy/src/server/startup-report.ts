import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AdminToken, type TokenSource } from '../auth/admin-token.js';
import { CredentialReader } from '../auth/credential.reader.js';
import { SignInCodes } from '../auth/sign-in-codes.js';
import { signInHints } from '../auth/sign-in-hints.js';
import { type AwsConfig, awsSection } from '../config/aws.config.js';
import { type FallbackConfig, fallbackSection } from '../fallback/fallback.config.js';
import { readinessOf } from '../fallback/readiness.js';
import { UpstreamRegistry } from '../fallback/upstream.registry.js';
import { isPretty } from '../observability/logging.js';
import { type ObservabilityConfig, observabilitySection } from '../observability/observability.config.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { type Listening, listeningAt } from './listening.js';

/** Looking for AWS credentials may take some seconds; a team's upstream that never answers must not hide the rest. */
const PATIENCE_MS = 10_000;
const DASHBOARD = '/ui/';

/** What was reported, for a caller that prints more. */
export interface StartupReport {
  readonly url: string;
  readonly dashboardUrl: string;
  /** Whether anybody beside the first choice can answer. */
  readonly hasFallback: boolean;
}

/** Tells in a few lines what a person who has just started the gateway wants to know. */
export async function reportStartup(app: NestFastifyApplication): Promise<StartupReport> {
  const logger = new Logger('Start');
  const listening = listeningAt(app.getHttpServer().address() as AddressInfo);
  const { url, boundUrl } = listening;
  const { hasOperatorCredential } = app.get(CredentialReader);
  logger.log(`Claude Code Proxy listens on ${boundUrl}`);
  warnOfOpenPort(logger, listening, hasOperatorCredential);
  logger.log(`Claude Code: ANTHROPIC_BASE_URL=${url}/user/YOUR_NAME claude`);
  logger.log(`Dashboard: ${url}${DASHBOARD}`);
  reportAdminToken(logger, app.get(AdminToken).source, app.get<StateConfig>(stateSection.token));
  warnOfDrill(logger, app.get<FallbackConfig>(fallbackSection.token));
  const hasFallback = await tellReadiness(logger, app.get(UpstreamRegistry));
  logger.log(`Credential for Anthropic: the caller's own${hasOperatorCredential ? ", else the operator's" : ''}`);
  reportFallbackRule(logger, app.get<FallbackConfig>(fallbackSection.token), app.get(UpstreamRegistry));
  logger.log(`State: ${placeOf(app.get<StateConfig>(stateSection.token), app.get<AwsConfig>(awsSection.token))}`);
  if (isTerminal(app)) await showSignIn(url + DASHBOARD, app);
  return { url, dashboardUrl: url + DASHBOARD, hasFallback };
}

function warnOfOpenPort(logger: Logger, { isOpen }: Listening, hasOperatorCredential: boolean): void {
  if (!isOpen) return;
  const open = 'The port is open to the network';
  if (!hasOperatorCredential) logger.log(`${open}: other machines reach it under a name of this one`);
  else logger.warn(`${open} and the operator's key is set: each client that reaches the port spends that key`);
}

/** True where a person reads the output: not a container, a service or a file, whose lines are kept and sent elsewhere. */
function isTerminal(app: NestFastifyApplication): boolean {
  const config = app.get<ObservabilityConfig>(observabilitySection.token);
  return process.stdout.isTTY === true && isPretty(config) && ['debug', 'info'].includes(config.logLevel);
}

/** Written past the logger, below its lines. */
async function showSignIn(dashboardUrl: string, app: NestFastifyApplication): Promise<void> {
  const hints = signInHints(app.get(AdminToken), () => signInLink(dashboardUrl, app));
  await endOfTurn();
  process.stdout.write(hints);
}

/** Opens the dashboard and signs in once. Without an admin token there are no sessions: then the plain address. */
export function signInLink(dashboardUrl: string, app: NestFastifyApplication): string {
  if (!app.get(AdminToken).exists) return dashboardUrl;
  return `${dashboardUrl}#token=${app.get(SignInCodes).create(performance.now())}`;
}

/** Where the token is, never the token itself: log lines are kept and sent elsewhere. */
function reportAdminToken(logger: Logger, source: TokenSource, { engine }: StateConfig): void {
  if (source.kind === 'closed') {
    logger.warn(`The admin endpoints and the dashboard are closed: ${source.reason}. Set ADMIN_TOKEN to open them`);
  } else if (source.kind === 'setting') {
    logger.log('Admin token: the value of ADMIN_TOKEN');
  } else {
    if (source.replaced)
      logger.warn(`The admin token was replaced, because the file could not be used: ${source.replaced}`);
    logger.log(`Admin token: in the file ${source.path}${source.isNew ? ', made at this start' : ''}`);
    if (engine === 'dynamodb') {
      logger.warn('Other processes at the same tables have other admin tokens. Set ADMIN_TOKEN if there are any');
    }
  }
}

/** A forgotten drill costs what the fallback upstream costs, and goes unnoticed. */
function warnOfDrill(logger: Logger, { isForcedLimit, chain }: FallbackConfig): void {
  if (isForcedLimit) logger.warn(`Drill: FORCE_RATE_LIMIT is on, ${chain[0]} is never asked`);
}

/** Which callers spend what the operator pays for. */
function reportFallbackRule(logger: Logger, config: FallbackConfig, { chain }: UpstreamRegistry): void {
  const isPaid = ({ provider }: (typeof chain)[number]) => !provider.probeCredential;
  const [first, ...others] = chain;
  if (first && isPaid(first)) {
    logger.warn(`${first.name} is the first of FALLBACK_CHAIN: it serves every request with any credential`);
  }
  const paid = others.filter(isPaid).map(({ name }) => name);
  if (!config.isEnabled || paid.length === 0) return;
  const names = paid.join(', ');
  if (config.fallbackFor === 'anyone') {
    logger.warn(`FALLBACK_FOR=anyone: as a fallback, ${names} serves any credential, also an invented one`);
  } else if (chain.every(isPaid)) {
    logger.warn(`No upstream of FALLBACK_CHAIN checks credentials, so ${names} serves no caller (see FALLBACK_FOR)`);
  } else {
    logger.log(`As a fallback, ${names} serves credentials that are known only (FALLBACK_FOR=known)`);
  }
}

async function tellReadiness(logger: Logger, { chain }: UpstreamRegistry): Promise<boolean> {
  const asked = chain.map(async (upstream) => ({ ...upstream, ...(await readinessOf(upstream, PATIENCE_MS)) }));
  const states = await Promise.all(asked);
  for (const { name, isUsable, detail } of states) {
    if (isUsable) logger.log(`${name}: ${detail || 'ready'}`);
    else logger.warn(`${name} is not usable: ${detail}`);
  }
  return states.slice(1).some(({ isUsable }) => isUsable);
}

function placeOf({ engine, dataDirectory, dynamoEndpoint }: StateConfig, { region }: AwsConfig): string {
  if (engine === 'embedded') return `embedded store in ${resolve(dataDirectory)}`;
  return `DynamoDB ${dynamoEndpoint ? `at ${dynamoEndpoint.href}` : `in ${region}`}`;
}
