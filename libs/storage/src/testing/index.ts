export type { TableContract } from './contract.js';
export { describeTable } from './describe-table.js';
export { storableJson } from './storable-json.js';
