import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { configurationPage } from '../config/configuration-page.js';
import { sectionsIn } from '../config/declarations.js';
import { print } from './print.js';

/** Prints `docs/configuration.md`. */
print(configurationPage(sectionsIn(ROOMS)));
