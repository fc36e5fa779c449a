import { TableStore } from '@claude-proxy/storage';
import { ConfigError } from '../../config/read-config.js';
import { accessTable } from '../../state/access.table.js';
import { type RedisConfig, redisSection } from '../../state/redis.config.js';
import { type StateConfig, stateSection } from '../../state/state.config.js';
import { type MaskingConfig, maskingSection } from '../masking.config.js';
import { MaskingService } from '../masking.service.js';
import { MaskVault, type VaultStore } from './mask-vault.js';
import { MemoryStore } from './memory.store.js';
import { RedisStore } from './redis.store.js';
import { TableVaultStore } from './table.store.js';

export const MASK_VAULT = Symbol('mask vault');

/** `MASKING_VAULT`; undefined with `none`. @throws ConfigError */
function openVault(
  { vault }: MaskingConfig,
  state: StateConfig,
  redis: RedisConfig,
  tables: TableStore,
  masking: MaskingService,
): MaskVault | undefined {
  const keyOf = (tenant: string) => masking.keyOf(tenant, 'vault');
  const open: Record<Exclude<MaskingConfig['vault'], 'none'>, () => VaultStore> = {
    memory: () => new MemoryStore(),
    redis: () => new RedisStore(urlOf(redis)),
    table: () => new TableVaultStore(tables.table(accessTable(state.accessTable))),
  };
  return vault === 'none' ? undefined : new MaskVault(open[vault](), keyOf);
}

function urlOf({ url }: RedisConfig): string {
  if (url) return url.reveal();
  throw new ConfigError(['MASKING_VAULT is "redis", and REDIS_URL is not set; set it, or use "table" or "memory"']);
}

export const vaultProvider = {
  provide: MASK_VAULT,
  inject: [maskingSection.token, stateSection.token, redisSection.token, TableStore, MaskingService],
  useFactory: openVault,
};
