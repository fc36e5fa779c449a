/**
 * `node test/image/container.mjs IMAGE [ID MEMORY_BYTES]`: runs the image as ECS does: by the user of the image, without any
 * capability, and with nothing writable. The variables of this process are those of the container. It shares the
 * network of this machine. SIGTERM ends it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildah } from './buildah.mjs';

const [image, id = `claude-proxy-${process.pid}`, memoryBytes] = process.argv.slice(2);
const NO_CAPABILITIES = { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] };

const container = buildah('from', '--pull-never', image);
const bundle = mkdtempSync(join(tmpdir(), 'claude-proxy-container-'));
writeFileSync(join(bundle, 'config.json'), JSON.stringify(specification()));
const child = spawn('runc', ['run', '--bundle', bundle, id], { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => {
  rmSync(bundle, { recursive: true, force: true });
  buildah('rm', container);
  process.exit(code ?? 1);
});

/** https://github.com/opencontainers/runtime-spec/blob/main/config.md */
function specification() {
  const {
    OCIv1: { config },
  } = JSON.parse(buildah('inspect', '--type', 'image', image));
  const [uid, gid] = config.User.split(':').map(Number);
  const { PATH: _, ...own } = process.env;
  const env = [...config.Env, ...Object.entries(own).map(([name, value]) => `${name}=${value}`)];
  return {
    ociVersion: '1.0.2',
    process: {
      args: config.Cmd,
      env,
      cwd: config.WorkingDir,
      user: { uid, gid },
      capabilities: NO_CAPABILITIES,
      noNewPrivileges: true,
    },
    root: { path: buildah('mount', container), readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=64k'] },
    ],
    linux: {
      namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })),
      ...(memoryBytes && { resources: { memory: { limit: Number(memoryBytes) } } }),
    },
  };
}
