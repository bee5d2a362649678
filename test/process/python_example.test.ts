import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Hopeless, type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

/** Debian's own: where its packages are, whatever other Python comes first in PATH. */
const PYTHON = '/usr/bin/python3'
const PROGRAM = join(import.meta.dirname, '..', '..', 'examples', 'python', 'scheduler.py')
const hasModules = spawnSync(PYTHON, ['-c', 'import grpc, grpc_tools.protoc']).status === 0
const withPython = onlyWhere(test.serial, isRoot && hasModules, 'root, python3-grpcio and python3-grpc-tools')

/** The example as a program of its own, and all that it said. */
class Example {
  said = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess
  #isOver = false

  constructor(t: ExecutionContext, fleet: LocalFleet) {
    // Nothing is left behind in the checkout.
    const child = spawn(PYTHON, ['-B', PROGRAM, 'example', '--config', fleet.contextFile], { stdio: 'pipe' })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        this.said += data.toString()
      })
    }
    this.ended = new Promise((resolve) => child.once('close', resolve))
    child.once('close', () => {
      this.#isOver = true
    })
    t.teardown(() => child.kill('SIGKILL'))
  }

  async hasSaid(pattern: RegExp): Promise<void> {
    await until(`the example says ${pattern.source}`, async () => {
      if (this.#isOver) throw new Hopeless(this.said)
      return pattern.test(this.said)
    })
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return this.ended
  }
}

async function submit(fleet: LocalFleet, ...options: readonly string[]): Promise<string> {
  const argv = ['run', '--tenant', 'a', '--scheduler', 'example', '-d', ...options, '--', '/bin/true']
  const { code, stdout, stderr } = await fleet.billet(...argv)
  if (code !== 0) throw new Error(stderr)
  return stdout.trim()
}

async function succeeded(fleet: LocalFleet): Promise<readonly string[]> {
  const workloads = await fleet.json('workloads', 'list', '--state', 'succeeded')
  return workloads.map(({ name }) => String(name).replace('workloads/', ''))
}

withPython('the example in Python places what names it', async (t) => {
  t.timeout(240_000)
  const fleet = await fleetOf(t)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '2')
  for (const number of [1, 2]) fleet.startAgent(`m${number}`, number, token)
  await until('both are available', async () => (await countOf(fleet, 'available')) === 2)
  const [machine] = await fleet.json('machines', 'list')
  const marked = String(machine?.['name'])
  t.is((await fleet.billet('machines', 'label', marked, '--set', 'tier=gold')).code, 0)

  const before = [await submit(fleet), await submit(fleet, '-n', '2'), await submit(fleet, '-l', 'tier=gold')]
  const example = new Example(t, fleet)
  const impossible = await submit(fleet, '--gpus', '1000')
  const all = [...before, await submit(fleet), await submit(fleet, '--memory', '1MiB')]
  for (const workload of all) await example.hasSaid(new RegExp(`${workload}: bound to`))
  await until('all have succeeded', async () => (await succeeded(fleet)).length === all.length)
  t.deepEqual((await succeeded(fleet)).toSorted(), all.toSorted())
  t.regex(example.said, new RegExp(`${before[1]}: bound to machines/mch-\\w+, machines/mch-\\w+\n`))
  t.true(example.said.includes(`${before[2]}: bound to ${marked}\n`), 'its labels are heeded')
  t.false(example.said.includes(impossible), 'and what no machine has is not tried')

  const late = await submit(fleet, '--start-after', '3s')
  await example.hasSaid(new RegExp(`${late}: NOT_YET: `))
  await example.hasSaid(new RegExp(`${late}: bound to`))

  await fleet.kill('coordinator', 'SIGKILL')
  await example.hasSaid(/^begins anew: /m)
  await fleet.startCoordinator()
  const after = await submit(fleet)
  await example.hasSaid(new RegExp(`${after}: bound to`))
  await until('it has succeeded', async () => (await succeeded(fleet)).includes(after))
  t.is(await example.stop(), 0)
  t.false(example.said.includes('Traceback'), example.said)
})
