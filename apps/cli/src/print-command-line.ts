import { readFileSync, writeFileSync } from 'node:fs';
import { COMMANDS } from './commands.js';
import { commandLinePage } from './docs/command-line-page.js';

/** Prints `docs/command-line.md`, or writes it into the file that the command line names. */
const [, , path] = process.argv;
const session = readFileSync('docs/command-line-session.txt', 'utf8');
const page = commandLinePage(COMMANDS, session);
if (path === undefined) process.stdout.write(page);
else writeFileSync(path, page);
