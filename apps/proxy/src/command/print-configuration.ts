import { configurationPage } from '../config/configuration-page.js';
import 'reflect-metadata';
import { ROOMS } from '../app.module.js';
import { sectionsIn } from '../config/declarations.js';

/** Prints `docs/configuration.md`. */
process.stdout.write(configurationPage(sectionsIn(ROOMS)));
