export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** Each asks `ccp complete` for the words that fit, in 200 ms at most, and proposes none if it fails. */
const SCRIPTS: Readonly<Record<CompletionShell, string>> = {
  bash: `_ccp() {
  local IFS=$'\\n'
  COMPREPLY=($(ccp complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _ccp ccp
`,
  zsh: `#compdef ccp
_ccp() {
  local -a found
  found=("\${(@f)$(ccp complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -- $found
}
compdef _ccp ccp
`,
  fish: `complete -c ccp -f -a '(ccp complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

export function completionScript(shell: CompletionShell): string {
  return SCRIPTS[shell];
}
