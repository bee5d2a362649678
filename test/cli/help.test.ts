import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { exitCodes } from '../../cli/errors.ts'
import { billet, directory } from './fixture.ts'

/** The commands that a help lists, by the names before their aliases and arguments. */
function listed(help: string): readonly string[] {
  const [, commands = ''] = /\nCommands:\n([^]*?)(?:\n\n|$)/.exec(help) ?? []
  return [...commands.matchAll(/^ {2}(?<name>[a-z-]+)/gm)].map(({ groups }) => groups?.['name'] ?? '')
}

async function everyHelp(path: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const { code, stdout, stderr } = await billet([...path, '--help'])
  if (code !== 0 || stderr !== '') throw new Error(`billet ${path.join(' ')} --help: ${code} ${stderr}`)
  const found = new Map([[path.join(' '), stdout]])
  const below = listed(stdout).filter((name) => name !== 'help')
  for (const helps of await Promise.all(below.map((name) => everyHelp([...path, name])))) {
    for (const [name, text] of helps) found.set(name, text)
  }
  return found
}

const helps = await everyHelp()

test('every command has a help that says what it does and what each option is for', (t) => {
  t.true(helps.size > 25, [...helps.keys()].join())
  for (const [name, text] of helps) {
    t.regex(text, new RegExp(`^Usage: billet${name === '' ? '' : ` ${name.replace(' ', '[^ ]* ')}`}`), name)
    const [, about = ''] = /^Usage: [^\n]*\n\n([^\n]+)/.exec(text) ?? []
    t.true(about.length > 10, `${name} says what it does: ${about}`)
    const options = [
      ...text.matchAll(/^ {2}(?<flags>-[^\n]*?)(?: {2,}(?<help>[^\n]+))?(?:\n {10,}(?<more>\S[^\n]*))?$/gm),
    ]
    for (const { groups } of options) t.truthy(groups?.['help'] ?? groups?.['more'], `${name} ${groups?.['flags']}`)
    t.false(text.includes('undefined'), name)
  }
})

test('the help lists every exit code', (t) => {
  for (const code of Object.values(exitCodes)) t.regex(helps.get('') ?? '', new RegExp(`^  ${code} `, 'm'))
})

test('help of an unknown command, an unknown command and an unknown option are usage errors', async (t) => {
  for (const argv of [
    ['help', 'nothing'],
    ['nothing'],
    ['machines', 'nothing'],
    ['top', '--nothing'],
    ['machines'],
    [],
  ]) {
    const { code, stdout, stderr } = await billet(argv)
    t.is(code, 2, argv.join(' '))
    t.is(stdout, '', argv.join(' '))
    t.not(stderr, '', argv.join(' '))
  }
})

test('completion scripts are made for bash, zsh and fish, and every shell that is here takes its own', async (t) => {
  const home = directory(t)
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await billet(['completion', shell])
    t.is(code, 0)
    for (const word of ['machines list', '--request-id', 'uncordon']) t.true(stdout.includes(word), `${shell}: ${word}`)
    const path = join(home, shell)
    writeFileSync(path, stdout)
    const checked = spawnSync(shell, ['-n', path], { encoding: 'utf8' })
    if (checked.error === undefined) t.is(checked.stderr, '', shell)
    else t.not(shell, 'bash', 'bash is on every machine that tests')
  }
  const other = await billet(['completion', 'tcsh'])
  t.is(other.code, 2)
  t.is(other.stderr, 'billet: completion: expected one of bash, zsh, fish, got "tcsh".\n')
})

test('bash completes commands and options after whatever was typed before', async (t) => {
  const script = (await billet(['completion', 'bash'])).stdout
  const complete = (...words: readonly string[]): readonly string[] => {
    const typed = ['billet', ...words].map((word) => `'${word}'`).join(' ')
    const asked = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _billet; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout } = spawnSync('bash', ['-c', `${script}\n${asked}`], { encoding: 'utf8' })
    return stdout.split('\n').filter(Boolean)
  }
  t.deepEqual(complete('mach'), ['machines'])
  t.deepEqual(complete('machines', 'cor'), ['cordon'])
  t.deepEqual(complete('machine', 'cor'), ['cordon'], 'by its other name')
  t.deepEqual(complete('machines', 'cordon', 'mch-1', '--rea'), ['--reason'], 'after an argument')
  t.deepEqual(complete('--context', 'other', 'machines', 'li'), ['list'], 'after an option and its value')
  t.deepEqual(complete('run', '--ten'), ['--tenant'])
  t.deepEqual(complete('run', '--', '--ten'), [], 'what is after -- is the task’s')
  t.deepEqual(complete('nothing', '--conf'), ['--config'])
})
