import { type AwsConfig, awsSection } from '../config/aws.config.js';
import { readEnvironment } from '../config/environment.js';
import { readConfig } from '../config/read-config.js';
import { type FallbackConfig, fallbackSection } from '../fallback/fallback.config.js';
import { limitTable } from '../fallback/limit.table.js';
import { type RequestLogConfig, requestLogSection } from '../request-log/request-log.config.js';
import { requestsTable } from '../request-log/requests.table.js';
import { SECTIONS } from '../sections.js';
import { accessTable } from '../state/access.table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { openTableStore } from '../state/state.module.js';
import { type UsageConfig, usageSection } from '../usage/usage.config.js';
import { usageTable } from '../usage/usage.table.js';

/** Creates the tables in a DynamoDB of one's own. On AWS they come from CDK; the embedded store needs none. */
async function createTables(): Promise<void> {
  const config = readConfig(readEnvironment(), SECTIONS);
  const state = config[stateSection.name] as StateConfig;
  if (state.engine !== 'dynamodb')
    throw new Error('STATE_STORE is "embedded", which needs no tables; set it to "dynamodb".');
  const tables = [
    limitTable((config[fallbackSection.name] as FallbackConfig).rateLimitTable),
    requestsTable((config[requestLogSection.name] as RequestLogConfig).table),
    accessTable(state.accessTable),
    usageTable((config[usageSection.name] as UsageConfig).usageTable),
  ];
  const store = openTableStore(state, config[awsSection.name] as AwsConfig);
  try {
    await store.createTables(tables);
    process.stdout.write(`Ready: ${tables.map(({ name }) => name).join(', ')}\n`);
  } finally {
    await store.close();
  }
}

createTables().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
