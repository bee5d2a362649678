import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { runFaults } from './run.ts'

/**
 * Faults against real programs: main.ts [--seed N] [--faults N] [--machines N] [--gap MILLISECONDS] [--long ONE-IN].
 * Ends with code 1 where a law was broken, and with 0 where this machine cannot do it, saying why; under CI it must.
 *
 * All of it happens in namespaces of its own: processes, networks and mounts are gone with the first process there,
 * whatever ends it. Only the empty directory on which it mounts is the machine's, and is named with the process.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '200' },
    machines: { type: 'string', default: '8' },
    gap: { type: 'string', default: '500' },
    long: { type: 'string', default: '10' },
    inside: { type: 'string', default: '' },
  },
})

const PARENT = '/run'
const PREFIX = 'billet-faults-'
const PROGRAMS = ['unshare', 'nsenter', 'mount', 'ip', 'nft', 'flock', 'faketime'] as const

function numberOf(name: 'seed' | 'faults' | 'machines' | 'gap' | 'long', least: number): number {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= least) return number
  process.stderr.write(
    `faults: --${name}: expected a whole number from ${least}, got ${JSON.stringify(values[name])}\n`,
  )
  process.exit(2)
}

/** What keeps this machine from it; empty for nothing. */
function obstacle(): string {
  if (process.geteuid?.() !== 0) return 'only root can make namespaces'
  const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0)
  if (missing.length > 0) return `these programs are missing: ${missing.join(', ')} (see .ci/packages)`
  const tried = spawnSync('unshare', ['--net', '--mount', '--pid', '--fork', 'true'], { encoding: 'utf8' })
  return tried.status === 0 ? '' : `namespaces cannot be made: ${tried.stderr.trim()}`
}

/** What earlier runs left behind: a run that was killed takes all but its empty directory along. */
function removeStale(): void {
  for (const name of readdirSync(PARENT)) {
    if (!name.startsWith(PREFIX) || existsSync(`/proc/${name.slice(PREFIX.length)}`)) continue
    rmdirSync(join(PARENT, name))
  }
}

async function outside(): Promise<number> {
  const reason = obstacle()
  if (reason !== '') {
    process.stdout.write(`faults: skipped: ${reason}\n`)
    return process.env['CI'] === undefined ? 0 : 1
  }
  removeStale()
  const directory = join(PARENT, `${PREFIX}${process.pid}`)
  mkdirSync(directory, { mode: 0o755 })
  const kinds = ['--net', '--mount', '--pid', '--ipc', '--uts', '--fork', '--kill-child', '--mount-proc']
  const again = [process.execPath, import.meta.filename, ...process.argv.slice(2), '--inside', directory]
  const child = spawn('unshare', [...kinds, ...again], { stdio: 'inherit' })
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill('SIGKILL'))
  await once(child, 'exit')
  rmdirSync(directory)
  return child.exitCode ?? 1
}

async function inside(directory: string): Promise<number> {
  const options = ['-t', 'tmpfs', '-o', 'mode=755', 'billet-faults', directory]
  if (spawnSync('mount', options, { stdio: 'inherit' }).status !== 0) return 1
  const seed = numberOf('seed', 0)
  const held = await runFaults({
    seed,
    faults: numberOf('faults', 1),
    machines: numberOf('machines', 2),
    gapMs: numberOf('gap', 1),
    longOneIn: numberOf('long', 0),
    directory,
    evidence: join(import.meta.dirname, '..', '..', '.cache', 'faults', `seed-${seed}`),
  })
  return held ? 0 : 1
}

process.exitCode = values.inside === '' ? await outside() : await inside(values.inside)
// Timers of connections that are closed would hold it up.
if (values.inside !== '') process.exit()
