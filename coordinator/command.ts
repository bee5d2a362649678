import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { addFlags, resolveOptions } from '../shared/config.ts'
import { systemClock } from '../shared/clock.ts'
import { createLogger } from '../shared/log.ts'
import { parseContextFile } from '../shared/context_file.ts'
import { parseTenantName } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { FleetAuthority } from './identity/authority.ts'
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
  registerTenantContext(command, exit)
}

type TenantOptions = { readonly dataDir: string; readonly address?: string }

/** `billet coordinator tenant-context`: on the coordinator's machine, whether it runs or not. */
function registerTenantContext(coordinator: Command, exit: (code: number) => void): void {
  coordinator
    .command('tenant-context')
    .description("write a context file for a tenant, who sees what is the tenant's own and changes nothing")
    .argument('<tenant>', "the tenant's name")
    .argument('<file>', 'where to write it; no file is replaced')
    .option('--data-dir <directory>', "the coordinator's data directory", coordinatorOptions.dataDir.default)
    .option('--address <host:port>', "where the API is reached; as in the administrator's context otherwise")
    .action(async (name: string, file: string, options: TenantOptions) => {
      const written = await writeTenantContext(name, file, options)
      if (!written.ok) process.stderr.write(`billet coordinator tenant-context: ${written.error}\n`)
      exit(written.ok ? 0 : WRONG_OPTIONS)
    })
}

async function writeTenantContext(
  name: string,
  file: string,
  { dataDir, address }: TenantOptions,
): Promise<Result<undefined, string>> {
  const tenant = parseTenantName(name)
  if (!tenant.ok) return tenant
  if (existsSync(file)) return refuse(`${file} is there already; it is not replaced`)
  // One that is not there is not made: it would be another fleet's.
  if (!existsSync(join(dataDir, 'identity', 'ca.pem'))) return refuse(`${dataDir} is no coordinator's data directory`)
  const authority = await FleetAuthority.open(dataDir, systemClock)
  if (!authority.ok) return authority
  try {
    const known = parseContextFile(readFileSync(join(dataDir, 'admin.context.json'), 'utf8'))
    const reached = address ?? (known.ok ? known.value.contexts['admin']?.address : undefined)
    if (reached === undefined) return refuse('say where the API is reached, with --address')
    await authority.value.tenantContext(file, reached, tenant.value)
    return ok()
  } catch (error) {
    return refuse(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function run(options: CoordinatorOptions): Promise<number> {
  const log = createLogger('billet-coordinator', options.logLevel)
  const coordinator = await startCoordinator(options, { clock: systemClock, log, environment: process.env })
  if (!coordinator.ok) {
    process.stderr.write(`billet coordinator: ${coordinator.error}\n`)
    return CANNOT_START
  }
  const { api, enrolment, metrics, boots, authority, contextFile } = coordinator.value
  log.info(
    {
      api: `${api.host}:${api.port}`,
      enrolment: `${enrolment.host}:${enrolment.port}`,
      metrics: metrics.map(({ host, port }) => `${host}:${port}`),
      boot: boots.map(({ host, port }) => `${host}:${port}`),
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
