/** What a team builds on beside `claude-code-proxy/upstream`: the gateway itself, settings, tables and admin routes. */
export { type Item, Table, type TableDefinition, TableStore } from '@claude-proxy/storage';
export { AdminController } from './auth/admin-controller.decorator.js';
export { AuthModule } from './auth/auth.module.js';
export { ConfigModule } from './config/config.module.js';
export * from './config/kinds.js';
export { ConfigError } from './config/read-config.js';
export { type ConfigOf, type Section, type Setting, section, setting } from './config/section.js';
export { GatewayError } from './exchange/gateway-error.js';
export { createGateway, type GatewayOptions } from './gateway.js';
export type { RoomTable } from './state/room-table.js';
export { StateModule } from './state/state.module.js';
