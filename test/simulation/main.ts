import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { type Simulated, simulate } from './simulate.ts'

/**
 * Simulates many seeds: main.ts [--seeds N] [--steps N] [--first SEED] [--jobs N]. Ends with code 1 at the first law
 * that is broken, with the shortest run of that seed that breaks it.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    steps: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    jobs: { type: 'string', default: `${availableParallelism()}` },
    worker: { type: 'boolean', default: false },
  },
})
const count = numberOf('seeds')
const steps = numberOf('steps')
const first = numberOf('first')

function numberOf(name: 'seeds' | 'steps' | 'first' | 'jobs'): number {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 1) return number
  process.stderr.write(`simulation: --${name}: expected a whole number from 1, got ${JSON.stringify(values[name])}\n`)
  process.exit(2)
}

type Tally = {
  readonly steps: number
  readonly starts: number
  readonly digest: number
  readonly failed: number | null
}

function work(): Tally {
  const tally = { steps: 0, starts: 0, digest: 0, failed: null }
  for (let seed = first; seed < first + count; seed += 1) {
    const run = simulate(seed, steps)
    tally.steps += run.steps
    tally.starts += run.starts
    tally.digest = (Math.imul(tally.digest, 31) + run.digest) >>> 0
    if (run.broken !== null) return { ...tally, failed: seed }
  }
  return tally
}

/** The shortest run of the seed that still breaks the law: faults after it are left out, so its history is short. */
function shortest(seed: number, least = 1, most = steps): Simulated {
  let found = simulate(seed, most)
  let [low, high] = [least, most]
  while (low < high) {
    const middle = (low + high) >> 1
    const run = simulate(seed, middle)
    if (run.broken === null) low = middle + 1
    else {
      found = run
      high = middle
    }
  }
  return found
}

async function share(part: number, parts: number): Promise<Tally> {
  const from = first + Math.floor((part * count) / parts)
  const end = first + Math.floor(((part + 1) * count) / parts)
  const options = ['--worker', '--seeds', `${end - from}`, '--steps', `${steps}`, '--first', `${from}`]
  const child = spawn(process.execPath, [import.meta.filename, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let tally: Tally = { steps: 0, starts: 0, digest: 0, failed: from }
  for await (const line of createInterface(child.stdout)) tally = parseTally(line)
  await exited
  return tally
}

function parseTally(line: string): Tally {
  const [ran = 0, starts = 0, digest = 0, failed = 0] = line.split(' ').map(Number)
  return { steps: ran, starts, digest, failed: failed === 0 ? null : failed }
}

async function main(): Promise<number> {
  const began = performance.now()
  const parts = Math.min(numberOf('jobs'), count)
  const tallies = await Promise.all(Array.from({ length: parts }, (_, part) => share(part, parts)))
  const ran = tallies.reduce((sum, tally) => sum + tally.steps, 0)
  const starts = tallies.reduce((sum, tally) => sum + tally.starts, 0)
  const digest = tallies.reduce((mixed, tally) => (Math.imul(mixed, 31) + tally.digest) >>> 0, 0)
  const rate = Math.round(ran / ((performance.now() - began) / 1000))
  const failed = tallies.flatMap((tally) => tally.failed ?? []).toSorted((left, right) => left - right)[0]
  if (failed !== undefined) return tell(shortest(failed))
  const figures = `${ran} steps, ${starts} tasks begun, 0 laws broken, ${rate} steps/s, digest ${digest.toString(16)}`
  process.stdout.write(`simulation: ${count} seeds from ${first}, ${figures}\n`)
  return 0
}

function tell({ seed, steps: ran, broken }: Simulated): number {
  process.stdout.write(`simulation: seed ${seed} breaks a law after ${ran} steps\n`)
  if (broken === null) return 1
  process.stdout.write(`${broken.law}\n${broken.evidence}\nThe last of what happened:\n`)
  for (const line of broken.history.slice(-60)) process.stdout.write(`  ${line}\n`)
  process.stdout.write(`Again: make sim SEEDS=1 FIRST=${seed} STEPS=${steps}\n`)
  return 1
}

if (values.worker) {
  const { steps: ran, starts, digest, failed } = work()
  process.stdout.write(`${ran} ${starts} ${digest} ${failed ?? 0}\n`)
} else {
  process.exitCode = await main()
}
