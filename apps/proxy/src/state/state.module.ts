import { DynamoTableStore, SqliteTableStore, TableStore } from '@claude-proxy/storage';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type AwsConfig, awsSection } from '../config/aws.config.js';
import { ConfigModule } from '../config/config.module.js';
import { type AnyModule, type Declaration, declaredIn } from '../config/declarations.js';
import { AccessChanges } from './access-changes.js';
import { RedisChanges } from './redis.changes.js';
import { redisSection } from './redis.config.js';
import type { RoomTable } from './room-table.js';
import { type StateConfig, stateSection } from './state.config.js';
import { StoreHealth } from './store-health.js';
import { TaskRegister } from './task.register.js';

export function openTableStore(config: StateConfig, { region }: AwsConfig): TableStore {
  return config.engine === 'embedded'
    ? SqliteTableStore.open({ directory: config.dataDirectory })
    : DynamoTableStore.connect({ region, endpoint: config.dynamoEndpoint?.href });
}

/**
 * One table store for all rooms: the embedded file, or DynamoDB.
 *
 * Promises: rooms use `TableStore` and never the engine; it is closed last.
 * May enter: the choice of the engine. Must not: the stored items, which each room defines itself.
 */
@Module({
  imports: [ConfigModule.forFeature(stateSection), ConfigModule.forFeature(redisSection)],
  providers: [
    AccessChanges,
    RedisChanges,
    StoreHealth,
    TaskRegister,
    { provide: TableStore, useFactory: openTableStore, inject: [stateSection.token, awsSection.token] },
  ],
  exports: [AccessChanges, TableStore, StoreHealth, TaskRegister],
})
export class StateModule implements OnApplicationShutdown {
  /** Declares a table of a room. The room also gets the store. */
  static forFeature(...tables: readonly RoomTable[]): Declaration<'tables', readonly RoomTable[]> {
    return { module: StateFeature, declares: { tables } };
  }

  constructor(@Inject(TableStore) private readonly store: TableStore) {}

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}

/** Imported by a room: provides the store and registers its tables. */
@Module({ imports: [StateModule], exports: [StateModule] })
class StateFeature {}

/** The tables that these modules and their imports declare. */
export function tablesIn(modules: readonly AnyModule[]): RoomTable[] {
  return declaredIn<'tables', readonly RoomTable[]>(modules, 'tables').flat();
}
