import { rulesPage } from '../openai/rules/rules-page.js';
import { print } from './print.js';

/** Prints `docs/openai.md`. */
print(rulesPage());
