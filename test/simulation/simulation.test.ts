import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import test from 'ava'
import { simulate } from './simulate.ts'

/** All of it on every change; a part at a programmer's desk, where `make sim` and `make mutations` run the rest. */
const isFull = process.env['CI'] !== undefined
const run = promisify(execFile)
const program = (name: string): string => join(import.meta.dirname, name)

test('the same seed is the same life, to the last event', (t) => {
  const lives = [1, 2, 3].map((seed) => simulate(seed, 2000))
  const again = [1, 2, 3].map((seed) => simulate(seed, 2000))
  t.deepEqual(lives, again)
  t.is(new Set(lives.map(({ digest }) => digest)).size, lives.length)
})

test('tasks and commands run in the simulated fleets, and many of them', (t) => {
  const lives = Array.from({ length: 20 }, (_, seed) => simulate(seed + 1, 2000))
  t.true(lives.reduce((sum, { starts }) => sum + starts, 0) > 700)
  t.true(lives.reduce((sum, { commands }) => sum + commands, 0) > 100)
})

test.serial('no law is broken in any seed', async (t) => {
  t.timeout(600_000)
  const seeds = isFull ? '2000' : '200'
  const { stdout } = await run(process.execPath, [program('main.ts'), '--seeds', seeds, '--steps', '2000'])
  t.log(stdout.trim())
  t.regex(stdout, new RegExp(`^simulation: ${seeds} seeds.* 0 laws broken`))
})

test.serial('deliberate faults are found', async (t) => {
  t.timeout(600_000)
  const { stdout } = await run(process.execPath, [program('bite.ts'), ...(isFull ? [] : ['4'])])
  for (const line of stdout.trim().split('\n')) t.log(line)
  t.false(stdout.includes('NOT FOUND'))
})
