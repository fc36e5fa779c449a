import { resolve } from 'node:path';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CredentialReader } from './auth/credential.reader.js';
import { type AwsConfig, awsSection } from './config/aws.config.js';
import { UpstreamRegistry } from './fallback/upstream.registry.js';
import { type StateConfig, stateSection } from './state/state.config.js';

/** Tells in a few lines what a person who has just started the gateway wants to know. */
export async function greet(app: NestFastifyApplication): Promise<void> {
  const logger = new Logger('Start');
  const url = await urlOf(app);
  logger.log(`Claude Code Proxy listens on ${url}`);
  logger.log(`Claude Code: ANTHROPIC_BASE_URL=${url}/user/YOUR_NAME claude`);
  for (const { name, provider } of app.get(UpstreamRegistry).chain) {
    const { isUsable, detail } = (await provider.readiness?.()) ?? { isUsable: true, detail: 'ready' };
    if (isUsable) logger.log(`${name}: ${detail}`);
    else logger.warn(`${name} is not usable: ${detail}`);
  }
  const hasOperatorCredential = app.get(CredentialReader).hasOperatorCredential;
  logger.log(`Credential for Anthropic: the caller's own${hasOperatorCredential ? ", else the operator's" : ''}`);
  logger.log(`State: ${placeOf(app.get<StateConfig>(stateSection.token), app.get<AwsConfig>(awsSection.token))}`);
}

/** An address that can be typed: "any address" is reached under localhost. */
async function urlOf(app: NestFastifyApplication): Promise<string> {
  const url = await app.getUrl();
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//localhost');
}

function placeOf({ engine, dataDirectory, dynamoEndpoint }: StateConfig, { region }: AwsConfig): string {
  if (engine === 'embedded') return `embedded store in ${resolve(dataDirectory)}`;
  return `DynamoDB ${dynamoEndpoint ? `at ${dynamoEndpoint.href}` : `in ${region}`}`;
}
