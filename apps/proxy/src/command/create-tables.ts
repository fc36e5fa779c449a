import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { type AwsConfig, awsSection } from '../config/aws.config.js';
import { sectionsIn } from '../config/declarations.js';
import { readEnvironment } from '../config/environment.js';
import { readConfig } from '../config/read-config.js';
import { definitionOf } from '../state/room-table.js';
import { type StateConfig, stateSection } from '../state/state.config.js';
import { openTableStore, tablesIn } from '../state/state.module.js';

/** Creates the tables in a DynamoDB of one's own. On AWS they come from CDK; the embedded store needs none. */
async function createTables(): Promise<void> {
  const config = readConfig(readEnvironment(), sectionsIn(ROOMS));
  const state = config[stateSection.name] as StateConfig;
  if (state.engine !== 'dynamodb')
    throw new Error('STATE_STORE is "embedded", which needs no tables; set it to "dynamodb".');
  const tables = tablesIn(ROOMS).map((table) => definitionOf(table, config));
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
