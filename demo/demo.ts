import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Document, Hopeless, LocalFleet, until } from './fleet.ts'
import { Steps, expect, show } from './steps.ts'

/**
 * The main job, for real: one coordinator and three agents on this machine, each a process of its own with state
 * and an identity of its own, made of the built binaries. Ends with 1 if any step was not as said.
 */
const HERE = dirname(fileURLToPath(import.meta.url))
const AGENTS = ['one', 'two', 'three'] as const

class Demo {
  readonly #fleet: LocalFleet
  readonly #node: string
  #tenantA = ''
  #tenantB = ''
  #before: readonly string[] = []

  constructor(directory: string) {
    this.#fleet = new LocalFleet(directory)
    // Tenants are users of their own: they need a copy of the runtime that they can read.
    this.#node = join(directory, 'node')
    copyFileSync(process.execPath, this.#node)
  }

  async run(steps: Steps): Promise<void> {
    await steps.step('A coordinator starts: own authority, own database, nothing open without TLS', () => this.#start())
    await steps.step('Three agents enrol with a join token, and are approved', () => this.#enrol())
    await steps.step('What the machines are and do now', () => this.#look())
    await steps.step('A command on all three machines', () => this.#exec())
    await steps.step('Tenant a runs a job on two machines', () => this.#runA())
    await steps.step('Tenant b asks for two machines, waits, and is told why', () => this.#runB())
    await steps.step('a ends with a checked result; its machines are handed back clean; b is placed', () =>
      this.#handBack(),
    )
    await steps.step('The coordinator is killed in the middle of b’s job, and started again', () => this.#kill())
    await steps.step('b’s job went on and lost nothing; neither did the coordinator', () => this.#lostNothing())
  }

  async stop(): Promise<void> {
    await this.#fleet.stop()
  }

  async #start(): Promise<void> {
    await this.#fleet.startCoordinator()
    show(`process ${this.#fleet.pid('coordinator')}, data in ${this.#fleet.directory}/coordinator`)
  }

  async #enrol(): Promise<void> {
    const { code, stdout, stderr } = await this.#fleet.billet('tokens', 'create', '--uses', '3', '--ttl', '10m')
    expect(code === 0, stderr)
    for (const [index, name] of AGENTS.entries()) this.#fleet.startAgent(name, index + 1, stdout.trim())
    await until('three machines are pending', async () => (await this.#machines('pending')).length === 3)
    const pending = await this.#machines('pending')
    const approved = await this.#fleet.billet('machines', 'approve', ...pending.map(nameOf))
    expect(approved.code === 0, approved.stderr)
    await until('three machines are available', async () => (await this.#machines('available')).length === 3)
    show((await this.#fleet.billet('machines', 'list')).stdout)
  }

  async #machines(state: string): Promise<readonly Document[]> {
    return this.#fleet.json('machines', 'list', '--state', state)
  }

  async #look(): Promise<void> {
    const [machine] = await this.#machines('available')
    expect(machine !== undefined, 'no machine is available')
    show((await this.#fleet.billet('machines', 'show', nameOf(machine))).stdout)
    const top = await this.#fleet.billet('top', '--once')
    show(top.stdout)
    expect(top.code === 0 && /\d+%/.test(top.stdout), `no telemetry: ${top.stderr}`)
  }

  async #exec(): Promise<void> {
    const said = await this.#fleet.billet('exec', '--all', '--', 'uname', '-srm')
    show(said.stdout)
    expect(said.code === 0, said.stderr)
    expect(said.stdout.trim().split('\n').length === 3, 'not every machine answered')
  }

  async #submit(tenant: string, script: string, environment: readonly string[]): Promise<string> {
    const options = ['--tenant', tenant, '--name', script, '-n', '2', '--detach', '--file', join(HERE, script)]
    const argv = [...options, ...environment.flatMap((pair) => ['-e', pair]), '--', this.#node, script]
    const { code, stdout, stderr } = await this.#fleet.billet('run', ...argv)
    expect(code === 0, stderr)
    show(`billet run ${argv.join(' ')}`)
    return stdout.trim()
  }

  async #runA(): Promise<void> {
    this.#tenantA = await this.#submit('a', 'primes.mjs', ['LIMIT=40000000', 'MASTER_PORT=29511'])
    await this.#until(this.#tenantA, 'RUNNING')
    show((await this.#fleet.billet('placements', 'list')).stdout)
  }

  async #runB(): Promise<void> {
    this.#tenantB = await this.#submit('b', 'relay.mjs', ['ROUNDS=120', 'MASTER_PORT=29512'])
    const { stdout } = await this.#fleet.billet('explain', this.#tenantB)
    show(stdout)
    expect(stdout.includes('is queued'), 'b does not wait')
    expect(stdout.includes('held by tenant a'), 'b is not told that a holds the machines')
  }

  async #handBack(): Promise<void> {
    await this.#until(this.#tenantA, 'SUCCEEDED')
    const logs = await this.#fleet.billet('logs', this.#tenantA)
    show(logs.stdout)
    expect(logs.stdout.match(/2433654 primes below 40000000, correct/g)?.length === 2, 'the result was not confirmed')
    await this.#until(this.#tenantB, 'RUNNING')
    show((await this.#fleet.billet('placements', 'list', '--all')).stdout)
  }

  async #kill(): Promise<void> {
    await until('b has begun', async () => (await this.#logsOfB()).includes('step 20 of'))
    this.#before = (await this.#fleet.json('machines', 'list')).map(nameOf).toSorted()
    const pid = this.#fleet.pid('coordinator')
    await this.#fleet.kill('coordinator', 'SIGKILL')
    show(`coordinator ${pid} was killed`)
    await this.#fleet.startCoordinator()
    show(`coordinator ${this.#fleet.pid('coordinator')} goes on`)
  }

  async #lostNothing(): Promise<void> {
    await this.#until(this.#tenantB, 'SUCCEEDED')
    const logs = await this.#logsOfB()
    show(logs)
    expect(logs.match(/all 120 steps, none lost/g)?.length === 2, 'b did not make all its steps')
    expect(logs.match(/begins as process/g)?.length === 2, 'a rank of b was begun more than once')
    await until('all machines are available', async () => (await this.#machines('available')).length === 3)
    const after = (await this.#fleet.json('machines', 'list')).map(nameOf).toSorted()
    expect(after.join() === this.#before.join(), 'the machines are not those of before')
    expect((await this.#state(this.#tenantA)) === 'SUCCEEDED', "a's end was forgotten")
    show((await this.#fleet.billet('workloads', 'list')).stdout)
    show((await this.#fleet.billet('events')).stdout)
  }

  async #logsOfB(): Promise<string> {
    return (await this.#fleet.billet('logs', this.#tenantB)).stdout
  }

  async #state(workload: string): Promise<string> {
    const { stdout } = await this.#fleet.billet('workloads', 'list')
    const line = stdout.split('\n').find((row) => row.startsWith(workload)) ?? ''
    return (line.split(/\s+/)[2] ?? '').toUpperCase()
  }

  async #until(workload: string, state: string): Promise<void> {
    await until(`${workload} is ${state.toLowerCase()}`, async () => {
      const now = await this.#state(workload)
      const over = ['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(now) && now !== state
      if (over) await this.#explain(workload)
      return now === state
    })
  }

  async #explain(workload: string): Promise<void> {
    show((await this.#fleet.billet('workloads', 'show', workload)).stdout)
    show((await this.#fleet.billet('logs', workload)).stderr)
    throw new Hopeless(`${workload} ended otherwise`)
  }
}

function nameOf(document: Document): string {
  return typeof document.name === 'string' ? document.name : ''
}

const directory = mkdtempSync(join(tmpdir(), 'billet-demo-'))
chmodSync(directory, 0o755)
const steps = new Steps()
const demo = new Demo(directory)
try {
  await demo.run(steps)
} finally {
  await demo.stop()
}
const asSaid = steps.summary()
if (asSaid) rmSync(directory, { recursive: true, force: true })
else process.stdout.write(`\nWhat each program said is in ${directory}/*.log\n`)
process.exitCode = asSaid ? 0 : 1
