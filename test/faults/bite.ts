import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'

/**
 * Shows that the checker bites: each deliberate fault of the product is put into a copy of the sources, whose programs
 * are built and run among faults. Prints which laws each broke; ends with code 1 where none was.
 */
const FAULTS = 60
const SEEDS = 6
/** By so much an answer is too early that is given before its commit. */
const WRITTEN_AFTER_MS = 20
const ROOT = join(import.meta.dirname, '..', '..')

type Mutation = {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  /** The law that must be seen to be broken; any will do where none is named. */
  readonly law?: string
}

const mutations: readonly Mutation[] = [
  {
    name: 'do not see processes that left their session',
    file: 'agent/runtime/processes.ts',
    from: 'const found = await holders()',
    to: 'const found = (await holders()).slice(0, 0)',
  },
  {
    name: "leave a tenant's files where every user may write",
    file: 'agent/sanitise/execute.ts',
    from: 'return told(await removeOwned(realpathSync(step.directory), step.uid), step.directory, false)',
    to: 'return passed(step.proof)',
  },
  {
    name: 'forget which requests were carried out',
    file: 'coordinator/core/handler.ts',
    from: 'if (before === undefined || before.digest === digest) return ok(before)',
    to: 'if (before === undefined || before.digest === digest) return ok(undefined)',
  },
  {
    name: 'replace a rank before the lease of its machine is over',
    file: 'shared/model/policies.ts',
    from: 'return milliseconds(Math.ceil(overAfter(lease, grace) * (1 + DRIFT)) + margin)',
    to: 'return milliseconds(0 * (lease + grace + margin))',
    law: 'a rank never runs twice at once',
  },
  {
    name: 'let a task run on after its lease where its agent is gone',
    file: 'agent/runtime/watchdog.ts',
    from: '[ "$left" -le 0 ] && break',
    to: '[ "$left" -le 0 ] && left=5',
    law: 'a rank never runs twice at once',
  },
  {
    name: 'let what a task left behind run on after its lease where its agent is gone',
    file: 'agent/runtime/watchdog.ts',
    from: 'over && { members; [ -z "$found" ]; } && return',
    to: 'over && return',
    law: 'a rank never runs twice at once',
  },
  {
    name: 'answer before the commit',
    file: 'coordinator/loop.ts',
    from: 'const committed = await commit(store, writes)',
    to: `const committed = { ok: true, value: state.revision + writes.length }
      setTimeout(() => commit(store, writes), ${WRITTEN_AFTER_MS})`,
    law: 'nothing acknowledged is lost',
  },
]

function copyWith({ name, file, from, to }: Mutation): string {
  const copy = mkdtempSync(join(tmpdir(), 'billet-mutation-'))
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean)
  for (const path of files) {
    mkdirSync(join(copy, dirname(path)), { recursive: true })
    cpSync(join(ROOT, path), join(copy, path))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const parts = readFileSync(join(copy, file), 'utf8').split(from)
  if (parts.length !== 2) throw new Error(`mutation "${name}": its text is ${parts.length - 1} times in ${file}`)
  writeFileSync(join(copy, file), parts.join(to))
  const built = spawnSync(process.execPath, ['build.mjs', 'native'], { cwd: copy, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`mutation "${name}" cannot be built: ${built.stderr}`)
  return copy
}

/** The laws that are broken, and after how many faults; null: none is, or not the one that should be. */
function hunt(mutation: Mutation): string | null {
  const copy = copyWith(mutation)
  try {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const options = ['test/faults/main.ts', '--seed', `${seed}`, '--faults', `${FAULTS}`, '--gap', '400']
      spawnSync(process.execPath, options, { cwd: copy })
      const violations = violationsOf(join(copy, '.cache', 'faults', `seed-${seed}`, 'violations'))
      const found = mutation.law === undefined ? violations[0] : violations.find(({ law }) => law === mutation.law)
      const laws = new Set(violations.map(({ law }) => law))
      if (found !== undefined) return `in ${seed * FAULTS} faults: ${[...laws].join('; ')}\n  ${found.line}`
    }
    return null
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

function violationsOf(path: string): readonly { readonly law: string; readonly line: string }[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => ({ law: line.slice(0, line.indexOf(':')), line }))
}

const only = process.argv[2] ?? ''
const wanted = mutations.filter(({ name }) => name.includes(only))
let missed = 0
for (const mutation of wanted) {
  const law = hunt(mutation)
  if (law === null) missed += 1
  process.stdout.write(`${mutation.name}: ${law ?? `NOT FOUND in ${SEEDS} seeds of ${FAULTS} faults`}\n`)
}
process.stdout.write(`mutations: ${wanted.length - missed} of ${wanted.length} found\n`)
if (missed > 0) process.exitCode = 1
