import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { printContextFile } from '../../shared/context_file.ts'
import { CLIENT, OVER, lab } from '../shared/lab.ts'
import { Fleet, billet, directory } from './fixture.ts'

const LIST = ['machines', 'list', '-o', 'name'] as const

test('one file holds several fleets: the flag says which, or the environment, or the file', async (t) => {
  const [first, second] = [await Fleet.open(t), await Fleet.open(t)]
  await first.machine('in-the-first')
  const contexts = { one: first.context(), two: second.context() }
  const path = join(directory(t), 'config.json')
  writeFileSync(path, printContextFile({ current: 'one', contexts }), { mode: 0o600 })
  const lines = async (argv: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<number> => {
    const { code, stdout } = await billet(argv, { BILLET_CONFIG: path, ...more })
    t.is(code, 0)
    return stdout.split('\n').filter(Boolean).length
  }
  t.is(await lines(LIST), 1)
  t.is(await lines(['--context', 'two', ...LIST]), 0)
  t.is(await lines(LIST, { BILLET_CONTEXT: 'two' }), 0)
  t.is(await lines(['--context', 'one', ...LIST], { BILLET_CONTEXT: 'two' }), 1, 'the flag goes before the environment')
  t.is(await lines(['--config', path, ...LIST], { BILLET_CONFIG: '/nonexistent' }), 1)
  for (const name of ['three', 'constructor', '__proto__', '']) {
    const refused = await billet([`--context=${name}`, ...LIST], { BILLET_CONFIG: path })
    t.is(refused.code, 2, name)
    t.is(refused.stderr, `billet: The context file ${path} has no context ${JSON.stringify(name)}; it has: one, two.\n`)
  }
})

test('without being told, the file in the user’s own configuration is taken', async (t) => {
  const home = directory(t)
  const made = await lab()
  const context = { address: '127.0.0.1:1', ca: made.certificate, ...(await made.sign(CLIENT)) }
  const content = printContextFile({ current: 'a', contexts: { a: context } })
  for (const folder of [join(home, '.config', 'billet'), join(home, 'xdg', 'billet')]) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'config.json'), content, { mode: 0o600 })
  }
  t.is((await billet(LIST, { HOME: home })).code, 3, 'read, and nobody is at that address')
  t.is((await billet(LIST, { HOME: '/nonexistent', XDG_CONFIG_HOME: join(home, 'xdg') })).code, 3)
  const none = await billet(LIST, { HOME: '/nonexistent' })
  t.is(none.code, 2)
  t.regex(none.stderr, /cannot be read \(ENOENT\)\. Name one with --config or BILLET_CONFIG/)
})

test('a context file that others can read, or that is wrong, is not used, and its key is not shown', async (t) => {
  const made = await lab()
  const context = { address: '127.0.0.1:1', ca: made.certificate, ...(await made.sign(CLIENT)) }
  const path = join(directory(t), 'config.json')
  const outcome = async (content: string, mode = 0o600) => {
    writeFileSync(path, content)
    chmodSync(path, mode)
    const { code, stderr } = await billet(LIST, { BILLET_CONFIG: path })
    t.is(code, 2)
    t.false(stderr.includes(context.key.split('\n')[1] ?? context.key), 'the key stays unsaid')
    return stderr
  }
  const right = printContextFile({ current: 'a', contexts: { a: context } })
  for (const mode of [0o640, 0o604, 0o660]) {
    t.is(
      await outcome(right, mode),
      `billet: The context file ${path} can be read by others; it holds a key. Make it private: chmod 600 ${path}\n`,
    )
  }
  t.is(await outcome('{'), `billet: The context file ${path} cannot be used: is not JSON.\n`)
  const { certificate: _, ...incomplete } = context
  const without = JSON.stringify({ current: 'a', contexts: { a: incomplete } })
  t.regex(await outcome(without), /cannot be used: contexts\.a\.certificate: /)
})

test('credentials that are over, foreign or nobody’s end with the code for that', async (t) => {
  const fleet = await Fleet.open(t)
  const context = fleet.context()
  const made = await lab()
  const path = join(directory(t), 'config.json')
  const outcome = async (fields: Partial<typeof context>) => {
    const contexts = { a: { ...context, ...fields } }
    writeFileSync(path, printContextFile({ current: 'a', contexts }), { mode: 0o600 })
    const { code, stdout, stderr } = await billet(LIST, { BILLET_CONFIG: path })
    t.is(stdout, '')
    t.is(code, 3, stderr)
    return stderr
  }
  t.regex(
    await outcome(await made.sign(CLIENT, OVER)),
    /^billet: The certificate .* expired at .* new context file\.\n$/,
  )
  t.regex(await outcome(await made.sign(CLIENT)), /^billet: The coordinator cannot be reached: /)
  t.regex(await outcome({ ca: made.certificate }), /^billet: The coordinator cannot be reached: .*certificate/)
  t.regex(await outcome({ address: '127.0.0.1:1' }), /^billet: The coordinator cannot be reached: .*ECONNREFUSED/)
  t.regex(await outcome({ address: 'no-such-host.invalid:1' }), /^billet: The coordinator cannot be reached: /)
})
