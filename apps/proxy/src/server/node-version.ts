const NEEDED_MAJOR = 24;

/** Ends a process on an older Node before it imports a module that this Node does not have, such as `node:sqlite`. */
export function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return;
  process.stderr.write(
    `Claude Code Proxy needs Node ${NEEDED_MAJOR} or newer; this is ${process.version}. Start it with "node bin/start.js", ` +
      'which takes the Node that npm has installed for it on Linux, or get Node from https://nodejs.org.\n',
  );
  process.exit(1);
}
