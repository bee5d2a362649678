import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '../../shared/model/random.ts'
import { must } from '../fixtures.ts'
import { type Broken, check } from './checker.ts'
import { Client } from './client.ts'
import { FaultFleet, isRelayed } from './fleet.ts'
import { type History, parseCommandLine, parseTaskLine } from './history.ts'
import { type NextAcknowledged, inject } from './inject.ts'
import { Load } from './load.ts'
import { type Fault, type FaultKind, inWords, planFaults } from './plan.ts'

export type RunOptions = {
  readonly seed: number
  readonly faults: number
  readonly machines: number
  readonly gapMs: number
  readonly longOneIn: number
  /** Where everything is made; private to this process. */
  readonly directory: string
  /** Where the history of a broken law is kept. */
  readonly evidence: string
}

/** How long what was asked for may take to end once the faults are over. */
const SETTLE_MS = 120_000

/** One fleet, one plan of faults, one check at the end. Returns whether every law held. */
export async function runFaults(options: RunOptions): Promise<boolean> {
  const { seed, machines, directory } = options
  const source = random(seed)
  const plan = planFaults(source.child('faults'), { ...options, isRelayed })
  const began = performance.now()
  const fleet = new FaultFleet(directory, machines)
  await fleet.open()
  const connection = fleet.connect()
  const client = new Client(connection)
  await fleet.join(await client.token(machines))
  const load = new Load(client, source.child('load'), { directory: fleet.recorders }, machines)
  await patiently('every machine is ready', async () => (await ready(client)) === machines)
  const loading = load.run()
  const started = performance.now()
  // What goes wrong with the load itself ends the run at once.
  await Promise.race([injectAll(fleet, plan, (withinMs) => client.nextAcknowledged(withinMs)), loading])
  const faulted = performance.now()
  load.stop()
  await Promise.race([loading, inVain()])
  const answered = performance.now()
  const settled = await patiently('all is over', async () => {
    await load.revalidate()
    return (await client.open()).length === 0 && (await ready(client)) === machines
  })
  const history: History = { records: recordsOf(fleet), answers: await load.answers() }
  const broken = check(history)
  connection.close()
  await fleet.close()
  const ended = performance.now()
  const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(0)
  tell(history, plan, load, client)
  print(
    `${seconds(began, started)} s to start, ${seconds(started, faulted)} s of faults, ` +
      `${seconds(faulted, answered)} s until all callers were answered, ` +
      `${seconds(answered, ended)} s to settle${settled ? '' : ' IN VAIN'}`,
  )
  print(`${plan.length} faults of seed ${seed}, ${broken.length} violations`)
  if (broken.length > 0) keep(options, history, plan, broken)
  return broken.length === 0
}

async function inVain(): Promise<never> {
  await sleep(SETTLE_MS, undefined, { ref: false })
  throw new Error(`callers waited in vain for ${SETTLE_MS / 1000} s after the last fault`)
}

async function injectAll(fleet: FaultFleet, plan: readonly Fault[], acknowledged: NextAcknowledged): Promise<void> {
  const began = performance.now()
  const going: Promise<void>[] = []
  for (const fault of plan) {
    await sleep(Math.max(0, fault.atMs - (performance.now() - began)))
    going.push(inject(fleet, fault, acknowledged))
  }
  await Promise.all(going)
}

async function ready(client: Client): Promise<number> {
  return (await client.machines()).filter(({ isReady }) => isReady).length
}

/** Looks until it is so, or says that it never was: the checker then says what that means. */
async function patiently(what: string, look: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + SETTLE_MS
  while (!(await look())) {
    if (performance.now() > end) {
      print(`waited in vain until ${what}`)
      return false
    }
    await sleep(300)
  }
  return true
}

function recordsOf({ machines, recorders }: FaultFleet): History['records'] {
  const lines = (machine: string, file: string): readonly string[] =>
    readFileSync(join(recorders, machine, file), 'utf8')
      .split('\n')
      .slice(0, -1)
  return machines.map(({ name }) => ({
    machine: name,
    tasks: lines(name, 'tasks').map((line) => must(parseTaskLine(line))),
    commands: lines(name, 'commands').map((line) => must(parseCommandLine(line))),
  }))
}

function tell({ records, answers }: History, plan: readonly Fault[], load: Load, client: Client): void {
  const kinds = new Map<FaultKind, number>()
  for (const { deed } of plan) kinds.set(deed.kind, (kinds.get(deed.kind) ?? 0) + 1)
  print([...kinds].map(([kind, count]) => `${count} ${kind}`).join(', '))
  const begun = records.flatMap(({ tasks }) => tasks.filter(({ event }) => event === 'start'))
  const ranks = new Set(begun.map(({ workload, rank }) => `${workload} ${rank}`))
  const ends = Map.groupBy(answers.final.values(), ({ state }) => state)
  const told = [...ends].map(([state, some]) => `${some.length} ${state}`).join(', ')
  print(`${load.submitted.length} workloads acknowledged: ${told}`)
  const again = (of: ReadonlySet<string>): number => {
    const some = begun.filter(({ workload }) => of.has(workload))
    return some.length - new Set(some.map(({ workload, rank }) => `${workload} ${rank}`)).size
  }
  print(
    `${begun.length} tasks began, ${begun.length - ranks.size} of them in place of an earlier one, ` +
      `${again(load.leased)} of those because its machine was lost, ${again(load.brief)} of these brief`,
  )
  const exited = answers.commands.filter(({ state }) => state === 'exited').length
  print(
    `${load.commands} commands, ${answers.commands.length} runs of them, ${exited} exited; ` +
      `${load.cancelled.length} cancellations, ${load.quarantines} machines checked again, ` +
      `${client.repeats} calls repeated`,
  )
}

const TOLD_MOST = 10
/** Programs, keys and what fills disks; the coordinator's database and all logs are kept. */
const LEFT_OUT = /\/(?:programs|state|scratch|identity|filler|run|token|admin[^/]*)$/

function keep(options: RunOptions, { answers }: History, plan: readonly Fault[], broken: readonly Broken[]): void {
  const { seed, faults, directory, evidence } = options
  for (const { law, evidence: how } of broken.slice(0, TOLD_MOST)) print(`BROKEN ${law}: ${how}`)
  if (broken.length > TOLD_MOST) print(`and ${broken.length - TOLD_MOST} more`)
  mkdirSync(evidence, { recursive: true })
  cpSync(directory, evidence, { recursive: true, filter: (path) => !LEFT_OUT.test(path) })
  const plain = { ...answers, final: [...answers.final], placements: [...answers.placements] }
  writeFileSync(join(evidence, 'answers.json'), JSON.stringify(plain, null, 1))
  writeFileSync(join(evidence, 'violations'), broken.map(({ law, evidence: how }) => `${law}: ${how}\n`).join(''))
  writeFileSync(join(evidence, 'faults'), plan.map((fault) => `${inWords(fault)}\n`).join(''))
  print(`what happened is in ${evidence}; again: make faults SEED=${seed} FAULTS=${faults}`)
}

function print(line: string): void {
  process.stdout.write(`faults: ${line}\n`)
}
