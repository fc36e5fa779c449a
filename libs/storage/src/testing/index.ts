export type { TableContract } from './contract.js';
export { describeTable } from './describe-table.js';
