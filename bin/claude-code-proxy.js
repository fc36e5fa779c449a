#!/usr/bin/env node
import { runCommandLine, serve } from './command-line.js';

const [first, ...rest] = process.argv.slice(2);

// With flags alone it runs a gateway; with a command it is the long form of `ccp`.
if (first === 'serve') serve(rest);
else if (first === undefined || first.startsWith('-')) serve(process.argv.slice(2));
else await runCommandLine(process.argv.slice(2));
