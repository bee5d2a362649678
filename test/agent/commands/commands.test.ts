import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import test, { type ExecutionContext } from 'ava'
import { type CommandJournal, openCommandJournal } from '../../../agent/commands/journal.ts'
import type { OutputChunk, OutputSink } from '../../../agent/commands/output.ts'
import { findUser } from '../../../agent/commands/process.ts'
import { type CommandRunner, createCommandRunner } from '../../../agent/commands/runner.ts'
import { COMMANDS_MAX } from '../../../agent/core/commands.ts'
import type { CommandSpec } from '../../../shared/model/command.ts'
import { type CommandId, parseCommandId } from '../../../shared/model/ids.ts'
import { seconds } from '../../../shared/model/time.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { alive, realClock, refusal, take, until } from '../runtime/fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')
const id = (number: number): CommandId => take(parseCommandId(`cmd-${String(number).padStart(16, '0')}`))

function command(argv: readonly string[], change: Partial<CommandSpec> = {}): CommandSpec {
  const defaults = { shell: false, runAs: null, cwd: '', env: {}, stdin: new Uint8Array(), timeout: seconds(60) }
  return { argv, ...defaults, outputBytesMax: 64 * 1024, ...change }
}

type Bench = {
  readonly directory: string
  readonly path: string
  readonly journal: CommandJournal
  readonly runner: CommandRunner
  readonly sink: OutputSink
  readonly said: (stream?: 'stdout' | 'stderr') => string
}

async function bench(t: ExecutionContext): Promise<Bench> {
  const directory = mkdtempSync(`${tmpdir()}/billet-commands-`)
  const path = `${directory}/commands`
  const journal = take(await openCommandJournal(path))
  t.teardown(async () => {
    await journal.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const chunks: OutputChunk[] = []
  const runner = createCommandRunner({ journal, clock: realClock, cgroupRoot: null })
  const said = (stream = 'stdout'): string =>
    chunks
      .filter((chunk) => chunk.stream === stream)
      .map((chunk) => new TextDecoder().decode(chunk.data))
      .join('')
  return { directory, path, journal, runner, sink: (chunk) => void chunks.push(chunk), said }
}

test('a command runs as it was given, and its result and output come back', async (t) => {
  const { runner, sink, said, directory } = await bench(t)
  const stdin = new TextEncoder().encode('from stdin\n')
  const env = { A: 'b "$c"' }
  const spec = command(['sh', '-c', 'cat; echo "$A $1" >&2; pwd; exit 3', 'sh', '$(id)'], {
    stdin,
    env,
    cwd: directory,
  })
  t.like(take(await runner.run(id(1), spec, sink)), { state: 'exited', exitCode: 3, stdoutDroppedBytes: 0 })
  t.is(said(), `from stdin\n${directory}\n`)
  t.is(said('stderr'), 'b "$c" $(id)\n')
})

test('no shell reads a command unless asked for', async (t) => {
  const { runner, sink, said } = await bench(t)
  take(await runner.run(id(1), command(['echo', '$HOME; id']), sink))
  t.is(said(), '$HOME; id\n')
  take(await runner.run(id(2), command(['echo $((1+1)); exit 4'], { shell: true }), sink))
  t.is(said(), '$HOME; id\n2\n')
})

test('what cannot be started fails with the reason', async (t) => {
  const { runner, sink } = await bench(t)
  const cases: readonly (readonly [CommandSpec, RegExp])[] = [
    [command(['no-such-program']), /"no-such-program" was not found/],
    [command(['/etc/passwd']), /may not be executed/],
    [command(['true'], { cwd: '/no/such' }), /"\/no\/such" is not there/],
    [command(['true'], { runAs: 'nobody-known' }), /no user "nobody-known"/],
  ]
  for (const [index, [spec, reason]] of cases.entries()) {
    const progress = take(await runner.run(id(index), spec, sink))
    t.is(progress.state, 'failed')
    t.regex(progress.reason, reason)
  }
  t.is(refusal(await runner.run(id(9), command([]), sink)).kind, 'invalid_command')
  t.is(runner.result(id(9)), null)
})

asRoot('a command runs as the user asked for, with no group of the agent', async (t) => {
  const { runner, sink, said } = await bench(t)
  take(await runner.run(id(1), command(['sh', '-c', 'id -u; id -G'], { runAs: 'nobody' }), sink))
  const nobody = take(findUser('nobody', readFileSync('/etc/passwd', 'utf8')))
  t.is(said(), `${nobody.uid}\n${nobody.gid}\n`)
})

const WITH_CHILD = 'sleep 300 & echo $! > "$1/child"; wait'

test('at its time-out a command is killed with all it began', async (t) => {
  const { runner, sink, directory } = await bench(t)
  const spec = command(['sh', '-c', WITH_CHILD, 'sh', directory], { timeout: seconds(0.3) })
  t.like(take(await runner.run(id(1), spec, sink)), { state: 'timed_out', exitCode: 137 })
  const child = Number(readFileSync(`${directory}/child`, 'utf8'))
  await until(() => !alive(child))
  t.pass()
})

test('a cancelled command is killed and says so', async (t) => {
  const { runner, sink, directory } = await bench(t)
  const ended = runner.run(id(1), command(['sh', '-c', WITH_CHILD, 'sh', directory]), sink)
  await until(() => existsSync(`${directory}/child`) && readFileSync(`${directory}/child`, 'utf8') !== '')
  runner.cancel(id(1))
  t.like(take(await ended), { state: 'cancelled' })
  const child = Number(readFileSync(`${directory}/child`, 'utf8'))
  await until(() => !alive(child))
})

test('output over the cap is counted and dropped, and the command neither blocked nor killed', async (t) => {
  const { runner, sink, said } = await bench(t)
  const spec = command(['sh', '-c', 'head -c 3000000 /dev/zero; echo end >&2; exit 5'], { outputBytesMax: 1000 })
  const progress = take(await runner.run(id(1), spec, sink))
  t.like(progress, { state: 'exited', exitCode: 5, stdoutDroppedBytes: 2_999_000, stderrDroppedBytes: 0 })
  t.is(said().length, 1000)
  t.is(said('stderr'), 'end\n')
})

test('a slow sink holds reading back and loses nothing; a broken one does not stop the command', async (t) => {
  const { runner } = await bench(t)
  let bytes = 0
  let waiting = 0
  const slow: OutputSink = async (chunk) => {
    waiting += 1
    t.is(waiting, 1, 'one piece at a time')
    await new Promise((resolve) => setTimeout(resolve, 5))
    bytes += chunk.data.length
    waiting -= 1
  }
  const spec = command(['head', '-c', '1000000', '/dev/zero'], { outputBytesMax: 1024 * 1024 })
  t.like(take(await runner.run(id(1), spec, slow)), { state: 'exited', exitCode: 0 })
  t.is(bytes, 1_000_000)
  const broken: OutputSink = () => {
    throw new Error('gone')
  }
  t.like(take(await runner.run(id(2), spec, broken)), { state: 'exited', exitCode: 0 })
})

test('something left in the background that holds the pipes does not hold the result', async (t) => {
  const { runner, sink, said, directory } = await bench(t)
  const spec = command(['sh', '-c', 'sleep 300 & echo $! > "$1/child"; echo out', 'sh', directory])
  t.like(take(await runner.run(id(1), spec, sink)), { state: 'exited', exitCode: 0 })
  process.kill(Number(readFileSync(`${directory}/child`, 'utf8')), 'SIGKILL')
  t.is(said(), 'out\n')
})

test('the same id again joins the run, or gets the recorded result, and nothing runs twice', async (t) => {
  const { runner, sink, directory, journal } = await bench(t)
  const spec = command(['sh', '-c', 'echo x >> "$1/count"; sleep 0.1; exit 6', 'sh', directory])
  const both = await Promise.all([runner.run(id(1), spec, sink), runner.run(id(1), spec, sink)])
  t.deepEqual(
    both.map((result) => take(result).exitCode),
    [6, 6],
  )
  t.is(take(await runner.run(id(1), spec, sink)).exitCode, 6)
  const restarted = createCommandRunner({ journal, clock: realClock, cgroupRoot: null })
  t.is(take(await restarted.run(id(1), spec, sink)).exitCode, 6)
  t.deepEqual(runner.open(), [id(1)])
  take(await runner.acknowledge(id(1)))
  t.deepEqual(runner.open(), [])
  t.is(take(await runner.run(id(1), spec, sink)).state, 'unknown')
  t.is(readFileSync(`${directory}/count`, 'utf8'), 'x\n')
})

test('an agent killed while a command runs reports it as unknown and never runs it again', async (t) => {
  const { directory } = await bench(t)
  const path = `${directory}/other`
  const here = new URL('../../../', import.meta.url).href
  const endless = command(['sh', '-c', 'echo x >> "$1/count"; echo $$ > "$1/pid"; exec sleep 300', 'sh', directory])
  const program = `
    import { openCommandJournal } from '${here}agent/commands/journal.ts'
    import { createCommandRunner } from '${here}agent/commands/runner.ts'
    const clock = { now: () => Date.now(), monotonic: () => performance.now() }
    const opened = await openCommandJournal(${JSON.stringify(path)})
    const runner = createCommandRunner({ journal: opened.value, clock, cgroupRoot: null })
    const spec = ${JSON.stringify({ ...endless, stdin: '' })}
    await runner.run(${JSON.stringify(id(1))}, { ...spec, stdin: new Uint8Array() }, () => {})
  `
  const agent = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  await until(() => existsSync(`${directory}/pid`) && readFileSync(`${directory}/pid`, 'utf8').endsWith('\n'))
  t.teardown(() => process.kill(Number(readFileSync(`${directory}/pid`, 'utf8')), 'SIGKILL'))
  const exited = once(agent, 'exit')
  agent.kill('SIGKILL')
  await exited
  const journal = take(await openCommandJournal(path))
  t.teardown(() => journal.close())
  const runner = createCommandRunner({ journal, clock: realClock, cgroupRoot: null })
  t.deepEqual(runner.open(), [id(1)])
  t.like(runner.result(id(1)), { state: 'unknown', exitCode: null }, 'told in the next session, with no order')
  const again = command(['sh', '-c', 'echo x >> "$1/count"', 'sh', directory])
  t.like(take(await runner.run(id(1), again, () => undefined)), { state: 'unknown', exitCode: null })
  t.is(readFileSync(`${directory}/count`, 'utf8'), 'x\n')
  take(await runner.acknowledge(id(1)))
  t.deepEqual(runner.open(), [], 'it takes no room in the journal for ever')
})

test('the journal forgives a torn last line, and nothing else', async (t) => {
  const { journal, path, directory } = await bench(t)
  take(await journal.intend(id(1)))
  take(await journal.intend(id(2)))
  const whole = readFileSync(path, 'utf8')
  const copy = `${directory}/copy`
  writeFileSync(copy, whole.slice(0, -5))
  const torn = take(await openCommandJournal(copy))
  t.deepEqual(torn.unacknowledged(), [id(1)])
  take(await torn.intend(id(3)))
  await torn.close()
  const mended = take(await openCommandJournal(copy))
  t.deepEqual(mended.unacknowledged(), [id(1), id(3)])
  await mended.close()
  appendFileSync(copy, whole)
  writeFileSync(copy, readFileSync(copy, 'utf8').replace('intended', 'intendee'))
  t.is(refusal(await openCommandJournal(copy)).kind, 'journal_corrupt')
})

test('the journal is bounded, and makes room by what was acknowledged', async (t) => {
  const { journal } = await bench(t)
  await Promise.all(
    Array.from({ length: COMMANDS_MAX }, async (_none, number) => take(await journal.intend(id(number)))),
  )
  t.is(refusal(await journal.intend(id(9999))).kind, 'journal_full')
  const progress = { state: 'exited', reason: '', exitCode: 0, startedAt: null, endedAt: null } as const
  take(await journal.conclude(id(0), { ...progress, stdoutDroppedBytes: 0, stderrDroppedBytes: 0 }))
  t.is(refusal(await journal.intend(id(9999))).kind, 'journal_full')
  take(await journal.acknowledge(id(0)))
  take(await journal.intend(id(9999)))
})
