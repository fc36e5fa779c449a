import { DynamoTableStore, SqliteTableStore, TableStore } from '@claude-proxy/storage';
import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type AwsConfig, awsSection } from '../config/aws.config.js';
import { type StateConfig, stateSection } from './state.config.js';
import { StoreHealth } from './store-health.js';

export function openTableStore(config: StateConfig, { region }: AwsConfig): TableStore {
  return config.engine === 'embedded'
    ? SqliteTableStore.open({ directory: config.dataDirectory })
    : DynamoTableStore.connect({ region, endpoint: config.dynamoEndpoint?.href });
}

/**
 * One table store for all rooms: the embedded file, or DynamoDB.
 *
 * Promises: rooms see `TableStore` and never the engine; it is closed last.
 * May enter: the choice of the engine. Must not: what is stored, which each room defines for itself.
 */
@Global()
@Module({
  providers: [
    StoreHealth,
    { provide: TableStore, useFactory: openTableStore, inject: [stateSection.token, awsSection.token] },
  ],
  exports: [TableStore, StoreHealth],
})
export class StateModule implements OnApplicationShutdown {
  constructor(@Inject(TableStore) private readonly store: TableStore) {}

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
