import { configurationPage } from '../config/configuration-page.js';
import { SECTIONS } from '../sections.js';

/** Prints `docs/configuration.md`. */
process.stdout.write(configurationPage(SECTIONS));
