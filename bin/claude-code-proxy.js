#!/usr/bin/env node
import { join } from 'node:path';
import { GATEWAY_FLAGS, launch, ROOT } from './launcher.js';

launch(join(ROOT, 'dist/apps/proxy/src/command/claude-code-proxy.js'), process.argv.slice(2), GATEWAY_FLAGS);
