import process from 'node:process'
import type { Command } from 'commander'
import { addFlags, resolveOptions } from '../shared/config.ts'
import { systemClock } from '../shared/clock.ts'
import { createLogger } from '../shared/log.ts'
import { startCoordinator } from './main.ts'
import { COORDINATOR_PREFIX, type CoordinatorOptions, coordinatorOptions } from './options.ts'

const DEFAULT_FILE = '/etc/billet/coordinator.toml'
const FILE_VARIABLE = `${COORDINATOR_PREFIX}CONFIG_FILE`
const WRONG_OPTIONS = 2
const CANNOT_START = 1

/** `billet coordinator`: runs until it is told to end. `exit` is told the exit code of a start that failed. */
export function registerCoordinator(program: Command, exit: (code: number) => void): void {
  const command = program
    .command('coordinator')
    .description('run the coordinator')
    .option('--config-file <path>', `options in TOML (env ${FILE_VARIABLE}; default ${DEFAULT_FILE})`)
  addFlags(command, coordinatorOptions, COORDINATOR_PREFIX).action(async (flags: Readonly<Record<string, unknown>>) => {
    const { configFile, ...given } = flags
    const named = typeof configFile === 'string' ? configFile : process.env[FILE_VARIABLE]
    const resolved = resolveOptions(coordinatorOptions, {
      prefix: COORDINATOR_PREFIX,
      foreign: [FILE_VARIABLE],
      file: { path: named ?? DEFAULT_FILE, required: named !== undefined },
      environment: process.env,
      flags: given,
    })
    if (resolved.ok) return exit(await run(resolved.value))
    for (const fault of resolved.error) process.stderr.write(`billet coordinator: ${fault}\n`)
    exit(WRONG_OPTIONS)
  })
}

async function run(options: CoordinatorOptions): Promise<number> {
  const log = createLogger('billet-coordinator', options.logLevel)
  const coordinator = await startCoordinator(options, { clock: systemClock, log })
  if (!coordinator.ok) {
    process.stderr.write(`billet coordinator: ${coordinator.error}\n`)
    return CANNOT_START
  }
  const { api, enrolment, authority, contextFile } = coordinator.value
  log.info(
    {
      api: `${api.host}:${api.port}`,
      enrolment: `${enrolment.host}:${enrolment.port}`,
      authority: authority.fingerprint,
      context: contextFile,
    },
    'coordinator ready',
  )
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'))
    process.once('SIGINT', () => resolve('SIGINT'))
  })
  log.info({ signal }, 'coordinator ends')
  await coordinator.value.stop()
  return 0
}
