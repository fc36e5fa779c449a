import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from '../gateway.js';
import { Metrics } from '../observability/metrics.js';
import { metricsPage } from '../observability/metrics-page.js';
import { print } from './print.js';

/** Prints `docs/metrics.md`. */
const folder = mkdtempSync(join(tmpdir(), 'claude-proxy-metrics-'));
const app = await createGateway({ LOG_LEVEL: 'silent', DATA_DIR: folder });
print(metricsPage(app.get(Metrics).descriptions));
await app.close();
rmSync(folder, { recursive: true, force: true });
