import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deploymentOf } from '../lib/deployment.ts';
import { ClaudeProxyStack } from '../lib/stack.ts';
import { BUILT_IMAGE, SHAPES } from './support/shapes.ts';

/** `npm run synth`: every shape with all checks, as the command line makes it. An open finding of cdk-nag throws. */
const { context: flags } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> };

for (const [name, shape] of Object.entries(SHAPES)) {
  const startedAtMs = performance.now();
  const outdir = mkdtempSync(join(tmpdir(), 'synth-'));
  // Only the first shape hashes the sources of the image.
  const image = name === 'trial' ? {} : { image: BUILT_IMAGE };
  const app = new App({ outdir, context: { ...flags, ...image, ...shape } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const deployment = deploymentOf(app.node);
  new ClaudeProxyStack(app, deployment.stackName, { deployment, region: 'us-east-1' });
  const [stack] = app.synth().stacks;
  const count = Object.keys((stack!.template as { Resources: object }).Resources).length;
  rmSync(outdir, { recursive: true, force: true });
  process.stdout.write(`${name}: ${count} resources, ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s\n`);
}
