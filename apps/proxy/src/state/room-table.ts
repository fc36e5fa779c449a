import type { TableDefinition } from '@claude-proxy/storage';
import type { GatewayConfig } from '../config/read-config.js';
import type { Section } from '../config/section.js';

/** A table of a room. `tables:create` and the CDK app create it from this definition. */
export interface RoomTable {
  /** The section and its setting that contain the name of the table. */
  readonly section: Section;
  readonly setting: string;
  readonly define: (name: string) => TableDefinition;
  /** The item actions that the room uses, and no others. A transaction needs those of its writes. */
  readonly actions: readonly string[];
}

/** The variable with the name of a table, and the default name. */
export function variableOf({ section, setting }: RoomTable): { readonly variable: string; readonly name: string } {
  const { variable, defaultText } = section.settings[setting]!;
  return { variable, name: defaultText! };
}

export function definitionOf(table: RoomTable, config: GatewayConfig): TableDefinition {
  return table.define(config[table.section.name]![table.setting] as string);
}
