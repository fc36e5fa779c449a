import type { TableDefinition } from '@claude-proxy/storage';
import type { GatewayConfig } from '../config/read-config.js';
import type { Section } from '../config/section.js';

/** A table that a room keeps. `tables:create` and the CDK app make it from here. */
export interface RoomTable {
  /** The section and its setting that hold the name of the table. */
  readonly section: Section;
  readonly setting: string;
  readonly define: (name: string) => TableDefinition;
  /** The item actions that the room uses, and no others. A transaction needs those of its writes. */
  readonly actions: readonly string[];
}

/** The variable that holds the name of a table, and the name where it is not set. */
export function variableOf({ section, setting }: RoomTable): { readonly variable: string; readonly name: string } {
  const { variable, defaultText } = section.settings[setting]!;
  return { variable, name: defaultText! };
}

export function definitionOf(table: RoomTable, config: GatewayConfig): TableDefinition {
  return table.define(config[table.section.name]![table.setting] as string);
}
