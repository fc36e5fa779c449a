import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { sectionsIn } from '../config/declarations.js';
import { secretSettingNames } from '../config/setting-names.js';
import { print } from './print.js';

/** Prints `infra/cdk/settings.json`: the CDK app refuses secrets among open settings by it. */
print(`${JSON.stringify(secretSettingNames(sectionsIn(ROOMS)), null, 2)}\n`);
