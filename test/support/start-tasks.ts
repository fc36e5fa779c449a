import {
  type AnthropicSimulator,
  type AnthropicSimulatorOptions,
  startAnthropicSimulator,
} from '@claude-proxy/simulator';
import { DynamoTableStore } from '@claude-proxy/storage';
import { type DynamoEngine, ENGINE_CREDENTIALS, startDynamoEngine } from './dynamo-engine.js';
import { type FaultyLine, startFaultyLine } from './faulty-line.js';
import { TABLES } from './recorded.js';
import { type RunningGateway, startGateway } from './start-gateway.js';

const ADMIN_TOKEN = 'admin-token-of-all-tasks';

/** Two gateways that share one DynamoDB and one simulated Anthropic, as tasks of a deployment do. */
export interface Tasks {
  readonly anthropic: AnthropicSimulator;
  readonly first: RunningGateway;
  readonly second: RunningGateway;
  /** Between the second gateway and DynamoDB. */
  readonly line: FaultyLine;
  close(): Promise<void>;
}

export async function startTasks(
  environment: Readonly<Record<string, string>> = {},
  simulated: AnthropicSimulatorOptions = {},
): Promise<Tasks> {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
  });
  const engine = await startDynamoEngine();
  await createTables(engine);
  const line = await startFaultyLine(engine.endpoint);
  const anthropic = await startAnthropicSimulator(simulated);
  const start = (endpoint: string) =>
    startGateway({
      ...{ STATE_STORE: 'dynamodb', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL_DYNAMODB: endpoint, ADMIN_TOKEN },
      ...{ ANTHROPIC_UPSTREAM_URL: anthropic.url, FALLBACK_CHAIN: 'anthropic', ANTHROPIC_API_KEY: 'sk-ant-operator' },
      ...environment,
    });
  const [first, second] = await Promise.all([start(engine.endpoint), start(line.url)]);
  return {
    anthropic,
    first,
    second,
    line,
    async close() {
      line.state = 'well';
      await Promise.all([first.close(), second.close()]);
      await Promise.all([line.close(), anthropic.close(), engine.close()]);
    },
  };
}

async function createTables({ endpoint }: DynamoEngine): Promise<void> {
  const store = DynamoTableStore.connect({ region: 'us-east-1', endpoint, credentials: ENGINE_CREDENTIALS });
  await store.createTables(TABLES);
  await store.close();
}
