import type { CommandSpec } from '../core/command.js';
import { EXIT_MEANINGS } from '../core/exit-codes.js';

/** The text of `docs/command-line.md`. @param session what was printed in a session that was really run */
export function commandLinePage(specs: readonly CommandSpec[], session: string): string {
  const shown = specs.filter(({ isHidden }) => !isHidden);
  return `# Command line

\`ccp\` asks and watches a gateway from a shell. It is a client of the admin API: it works for a gateway on this machine and for one far away
alike. The long form \`claude-code-proxy\` takes the same commands; with flags alone it runs a gateway. In the image: \`docker exec NAME node bin/ccp.js status\`.
This page is generated from the commands by \`npm run docs:command-line\`.

## Which gateway

First of: \`--url\`, \`--profile\`, \`CCP_URL\`, \`CCP_PROFILE\`, the profile of the last \`ccp login\`, the gateway of this machine. That one is found by
\`gateway.json\` and \`admin-token\` in its data directory (\`DATA_DIR\`, \`./data\` or \`~/.claude-code-proxy\`), else by \`PORT\` and \`ADMIN_TOKEN\`.

The token is the admin token, or a client key with the role \`viewer\` or \`admin\`: \`CCP_TOKEN\`, \`--token-file\`, or \`ccp login\`, which keeps it in
\`~/.config/ccp/config.json\`, a file that only you can read. A token is sent to its own address only. A key on the command line is refused, because
shells keep it in their history.

## Output

- Data is on the standard output, everything else on the standard error.
- A terminal gets tables and colors (none with \`NO_COLOR\`, \`CI\` or \`TERM=dumb\`), a pipe gets lines with tabs. Where a table does
  not fit, columns of less weight are left out, and long names are cut; ids, times and numbers stay whole. A pipe gets all.
- \`--json\` prints one object, \`logs --follow --json\` one per line. Fields are added, never removed within a major version.
- The JSON Schema of each output and of the error is in [command-line.schema.json](command-line.schema.json), by the name of the command under \`$defs\`.
- An error under \`--json\` is \`{"error":{"code","message","hint","status","request_id"}}\` on the standard output.
- Without a terminal no command asks: it ends with 2 and names the flag to give.

| exit code | name | meaning |
|---|---|---|
${EXIT_MEANINGS.map(([code, name, meaning]) => `| ${code} | \`${name}\` | ${meaning} |`).join('\n')}

## A session

Recorded with a gateway in front of a simulated Anthropic.

\`\`\`
${session.trimEnd()}
\`\`\`

\`ccp top\` in a terminal of 80 x 24 and of 200 x 60:

![ccp top in a small terminal](images/top-80x24.png)
![ccp top in a large terminal](images/top-200x60.png)

## Completion

\`source <(ccp completion bash)\`, \`source <(ccp completion zsh)\` or \`ccp completion fish | source\`. It proposes names of accounts, keys, users and models of
the gateway, and is silent if the gateway is away.

## Commands

${shown.map((spec) => `- [\`${spec.name}\`](#${anchorOf(spec)}): ${spec.summary}`).join('\n')}

${shown.map(commandText).join('\n\n')}
`;
}

function anchorOf({ name }: CommandSpec): string {
  return `ccp-${name.replaceAll(' ', '-')}`;
}

function commandText({ name, summary, details, arguments: args = [], options = [] }: CommandSpec): string {
  const rows = [
    ...args.map((argument) => `| \`${argument.name}\` | ${cell(argument.text)} |`),
    ...options.map(({ flags, text }) => `| \`${flags}\` | ${cell(text)} |`),
  ];
  return [
    `### ccp ${name}`,
    sentence(summary),
    ...(details ? [details] : []),
    ...(rows.length > 0 ? [['| argument or option | meaning |', '|---|---|', ...rows].join('\n')] : []),
  ].join('\n\n');
}

function sentence(text: string): string {
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
