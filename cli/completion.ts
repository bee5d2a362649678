import type { Command } from 'commander'
import { usage } from './errors.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** As an argument's description and a refusal say it. */
export const SHELL_NAMES = SHELLS.join(', ')

/** Every word that a shell may complete, by the command before it: made from the commands themselves. */
function completions(program: Command): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const visit = (command: Command, path: string): void => {
    const options = command.options.flatMap((option) => option.long ?? [])
    const children = command.commands.map((child) => child.name())
    found.set(path, [...children, ...options, '--help'])
    for (const child of command.commands) {
      for (const name of [child.name(), ...child.aliases()]) visit(child, path === '' ? name : `${path} ${name}`)
    }
  }
  visit(program, '')
  return found
}

export function completionScript(program: Command, name: string): string {
  const shell = SHELLS.find((known) => known === name)
  if (shell === undefined) throw usage(`completion: expected one of ${SHELL_NAMES}, got ${JSON.stringify(name)}.`)
  return `${scripts[shell]([...completions(program)]).join('\n')}\n`
}

type Words = readonly (readonly [path: string, words: readonly string[]])[]

const scripts: Readonly<Record<Shell, (words: Words) => readonly string[]>> = {
  bash: posix,
  zsh: (words) => ['#compdef billet', 'autoload -U +X bashcompinit && bashcompinit', ...posix(words)],
  fish,
}

/** Words that are no command, such as an option's value, do not change which command it is. */
function posix(completed: Words): readonly string[] {
  return [
    '_billet_words() {',
    '  case "$1" in',
    ...completed.map(([path, words]) => `    '${path}') echo '${words.join(' ')}' ;;`),
    '    *) return 1 ;;',
    '  esac',
    '}',
    '_billet() {',
    '  local path="" index word',
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    '    word="${COMP_WORDS[index]}"',
    '    [ "$word" = "--" ] && return',
    '    _billet_words "${path:+$path }$word" >/dev/null && path="${path:+$path }$word"',
    '  done',
    '  COMPREPLY=($(compgen -W "$(_billet_words "$path")" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _billet billet',
  ]
}

function fish(completed: Words): readonly string[] {
  return [
    'function __billet_words',
    '    switch "$argv"',
    ...completed.flatMap(([path, words]) => [
      `        case '${path}'`,
      `            printf '%s\\n' ${words.join(' ')}`,
    ]),
    "        case '*'",
    '            return 1',
    '    end',
    'end',
    'function __billet_complete',
    '    set -l path',
    '    set -l words (commandline -opc)',
    '    set -e words[1]',
    '    for word in $words',
    '        test "$word" = --; and return',
    '        __billet_words $path $word >/dev/null; and set -a path $word',
    '    end',
    '    __billet_words $path',
    'end',
    'function __billet_in_group',
    "    __billet_complete | string match -q -r -- '^[a-z]'",
    'end',
    // No files where a command is expected.
    'complete -c billet -n __billet_in_group -f',
    "complete -c billet -a '(__billet_complete)'",
  ]
}
