export const SHELLS = ['sh', 'fish', 'powershell', 'cmd', 'dotenv'] as const;
export type Shell = (typeof SHELLS)[number];

/** Lines that set the variables in a shell. Each value is quoted so that the shell takes it literally. */
export function exportsFor(shell: Shell, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${lineFor(shell, name, value)}\n`)
    .join('');
}

function lineFor(shell: Shell, name: string, value: string): string {
  if (shell === 'fish') return `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`;
  if (shell === 'powershell') return `$env:${name} = '${value.replaceAll("'", "''")}'`;
  if (shell === 'cmd') return `set "${name}=${value}"`;
  if (shell === 'dotenv') return `${name}=${value}`;
  return `export ${name}='${value.replaceAll("'", "'\\''")}'`;
}

export function shellOf(env: Readonly<Record<string, string | undefined>>): Shell {
  if (env.SHELL?.endsWith('/fish')) return 'fish';
  return env.SHELL === undefined && env.PSModulePath !== undefined ? 'powershell' : 'sh';
}
