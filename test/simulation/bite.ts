import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Edit, Mutation } from './mutation.ts'
import { mutations } from './mutations.ts'

/**
 * Shows that the simulator bites: each deliberate fault is put into a copy of the sources, and must be found within
 * so many seeds, which are those of CI. Prints what each took; ends with code 1 where one was not found.
 */
const SEEDS = 2000
const STEPS = 2000
const ROOT = join(import.meta.dirname, '..', '..')
const SOURCES = ['agent/core', 'coordinator/core', 'coordinator/scheduler', 'shared/model', 'test/simulation']
const FILES = [
  'package.json',
  'shared/clock.ts',
  'test/fixtures.ts',
  'coordinator/api/watch_place.ts',
  'coordinator/feed.ts',
  'coordinator/sessions/plan.ts',
]

type Found = { readonly mutation: Mutation; readonly said: string; readonly isFound: boolean }

function copyWith({ name, file, from, to, also = [] }: Mutation): string {
  const copy = mkdtempSync(join(tmpdir(), 'billet-mutation-'))
  for (const path of [...SOURCES, ...FILES]) cpSync(join(ROOT, path), join(copy, path), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  for (const edit of [{ file, from, to }, ...also]) change(copy, name, edit)
  return copy
}

function change(copy: string, name: string, { file, from, to }: Edit): void {
  writeFileSync(join(copy, file), partsAround(copy, name, { file, from, to }).join(to))
}

function partsAround(root: string, name: string, { file, from }: Edit): readonly string[] {
  const parts = readFileSync(join(root, file), 'utf8').split(from)
  if (parts.length !== 2) throw new Error(`mutation "${name}": its text is ${parts.length - 1} times in ${file}`)
  return parts
}

function hunt(mutation: Mutation): Promise<Found> {
  const copy = copyWith(mutation)
  const program = join(copy, 'test', 'simulation', 'main.ts')
  const options = [program, '--seeds', `${SEEDS}`, '--steps', `${STEPS}`, '--jobs', '1']
  return new Promise((resolve) => {
    execFile(process.execPath, options, { maxBuffer: 1 << 24 }, (error, stdout) => {
      rmSync(copy, { recursive: true, force: true })
      const [first = '', law = ''] = stdout.split('\n')
      const seed = /seed (\d+) breaks/.exec(first)?.[1]
      const isFound = error !== null && seed !== undefined
      resolve({ mutation, isFound, said: isFound ? `${seed} seeds: ${law}` : `NOT FOUND in ${SEEDS} seeds` })
    })
  })
}

/** Only so many of them, or those whose names have this in them, for a quick look. */
const wanted = process.argv[2] ?? ''
const isCount = /^\d+$/.test(wanted)
const queue = isCount ? mutations.slice(0, Number(wanted)) : mutations.filter(({ name }) => name.includes(wanted))
// A mutation that the sources have outgrown is told at once, not after the hunts of those before it.
for (const { name, also = [], ...edit } of mutations) for (const one of [edit, ...also]) partsAround(ROOT, name, one)
const found: Found[] = []
async function huntNext(): Promise<void> {
  for (let mutation = queue.shift(); mutation !== undefined; mutation = queue.shift()) {
    const one = await hunt(mutation)
    found.push(one)
    process.stdout.write(`${one.mutation.name}: ${one.said}\n`)
  }
}
await Promise.all([huntNext(), huntNext()])
const missed = found.filter(({ isFound }) => !isFound)
process.stdout.write(`mutations: ${found.length - missed.length} of ${found.length} found\n`)
if (missed.length > 0) process.exitCode = 1
