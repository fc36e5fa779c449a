import { type RoomTable, variableOf } from './room-table.js';

const PREFIX = 'claude-proxy-';

/** The tables as plain data, for `infra/cdk`: names begin with a prefix of the deployment. */
export function tableShapes(tables: readonly RoomTable[]) {
  return tables.map((table) => {
    const { variable, name } = variableOf(table);
    const { partitionKey, sortKey, indexes = [] } = table.define(name);
    return {
      suffix: name.slice(PREFIX.length),
      variable,
      partitionKey,
      ...(sortKey === undefined ? {} : { sortKey }),
      ...(indexes[0] ? { index: indexes[0] } : {}),
      actions: table.actions,
    };
  });
}
