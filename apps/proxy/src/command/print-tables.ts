import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { tablesIn } from '../state/state.module.js';
import { tableShapes } from '../state/table-shapes.js';
import { print } from './print.js';

/** Prints `infra/cdk/tables.json`: the CDK app makes the tables of the rooms from it. */
print(`${JSON.stringify(tableShapes(tablesIn(ROOMS)), null, 2)}\n`);
