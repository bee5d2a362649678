import type { Command } from 'commander'
import { usage } from './errors.ts'

/** Every word that a shell may complete, by the words before it: made from the commands themselves. */
export function completions(program: Command): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const visit = (command: Command, path: string): void => {
    const options = command.options.flatMap((option) => option.long ?? [])
    const children = command.commands.map((child) => child.name())
    found.set(path, [...children, ...options, '--help'])
    for (const child of command.commands) visit(child, path === '' ? child.name() : `${path} ${child.name()}`)
  }
  visit(program, '')
  return found
}

export function completionScript(program: Command, shell: string): string {
  const cases = [...completions(program)].map(
    ([path, words]) => `    ${JSON.stringify(path)}) words=${JSON.stringify(words.join(' '))} ;;`,
  )
  const choose = ['  case "$path" in', ...cases, '    *) words="" ;;', '  esac']
  if (shell === 'bash') return [...BASH_HEAD, ...choose, ...BASH_TAIL].join('\n')
  if (shell === 'zsh')
    return [
      '#compdef billet',
      'autoload -U +X bashcompinit && bashcompinit',
      ...BASH_HEAD,
      ...choose,
      ...BASH_TAIL,
    ].join('\n')
  throw usage(`completion: expected bash or zsh, got ${JSON.stringify(shell)}.`)
}

const BASH_HEAD = [
  '_billet() {',
  '  local path="" words="" index word',
  '  for ((index = 1; index < COMP_CWORD; index++)); do',
  '    word="${COMP_WORDS[index]}"',
  '    [ "$word" = "--" ] && return',
  '    case "$word" in -*) ;; *) path="${path:+$path }$word" ;; esac',
  '  done',
]

const BASH_TAIL = [
  '  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
  '}',
  'complete -o default -F _billet billet',
  '',
]
