import { join } from 'node:path'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { systemClock } from '../shared/clock.ts'
import { addFlags, resolveOptions } from '../shared/config.ts'
import { checkRunner } from './assembly/checks.ts'
import { gpuReader, printGpus } from './assembly/gpu_reader.ts'
import { releaseGpus, takeGpus } from './assembly/gpu_release.ts'
import { INVENTORY_COMMAND, printInventory } from './assembly/inventory_child.ts'
import { scratchDevicesOf } from './assembly/scope.ts'
import { systemReader } from './assembly/system_reader.ts'
import { type Logger, createLogger } from '../shared/log.ts'
import { type Result, refuse } from '../shared/model/result.ts'
import { version } from '../shared/version.ts'
import { minutes } from '../shared/model/time.ts'
import { lockHolder } from './lock.ts'
import { JOURNAL_FILE, startAgent } from './main.ts'
import { AGENT_PREFIX, type AgentOptions, agentOptions } from './options.ts'
import { BASELINE_FILE, forgetBaseline, readBaseline, writeBaseline } from './sanitise/baseline_file.ts'
import { BaselineReader } from './sanitise/baseline_read.ts'
import { describeErasePlan } from './sanitise/machine_scope.ts'
import { describeState } from './status.ts'
import { keepTrimmed } from './trim.ts'

const DEFAULT_FILE = '/etc/billet/agent.toml'
const FILE_VARIABLE = `${AGENT_PREFIX}CONFIG_FILE`
const TOKEN_VARIABLE = 'BILLET_JOIN_TOKEN'
const FAILED = 1
const WRONG_OPTIONS = 2
const RELEASE_MINUTES_MAX = 1440

type Flags = Readonly<Record<string, unknown>>
/** What a command does, once its options are read. */
type Act = (does: (options: AgentOptions) => Promise<number>) => (flags: Flags) => Promise<void>

/** The program `billet-agent`; resolves with its exit code: 0, 1 where it cannot do it, 2 for wrong options. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0
  const act: Act = (does) => async (flags) => {
    const options = resolve(flags)
    if (options.ok) code = await does(options.value)
    else code = complain(options.error, WRONG_OPTIONS)
  }
  const program = new Command('billet-agent')
    .description('Runs tenants on this machine, one at a time, as its coordinator says.')
    .version(version)
    .exitOverride()
  withOptions(program.command('run', { isDefault: true }).description('run the agent (the default)')).action(act(run))
  withOptions(program.command('status').description('say what this machine does, by its own records')).action(
    act(status),
  )
  withOptions(
    program.command(INVENTORY_COMMAND).description('print what this machine is made of, as the agent reports it'),
  ).action(act(inventory))
  withOptions(
    program
      .command('baseline')
      .description('say what this machine is compared with after each tenant')
      .option('--forget', 'forget it: the next validation takes what the machine is then for right')
      .option('--accept <file>', 'take one file of it for right as it is now'),
  ).action(async ({ forget, accept, ...flags }: Flags) =>
    act(async (options) => {
      return typeof accept === 'string' ? acceptInBaseline(options, accept) : baseline(options, forget === true)
    })(flags),
  )
  withOptions(
    program.command('erase-plan').description('say how each scratch device would be erased, and how long it may take'),
  ).action(act(erasePlan))
  gpuCommands(program, act)
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : WRONG_OPTIONS
  }
  return code
}

function gpuCommands(program: Command, act: Act): void {
  withOptions(
    program
      .command('gpus')
      .description('print all that the driver of NVIDIA GPUs tells, and who computes on them')
      .option('--library <path>', "the driver's library, where it is not found by itself", ''),
  ).action(async ({ library, ...flags }: Flags) => act(async () => printGpus(String(library)))(flags))
  withOptions(
    program
      .command('release-gpus')
      .description('let go of the GPUs for a while, so that a person can reset or divide them')
      .option('--minutes <n>', 'for how long; 0 takes them up again', '10'),
  ).action(async ({ minutes: period, ...flags }: Flags) =>
    act(async (options) => release(options, String(period)))(flags),
  )
}

function withOptions(command: Command): Command {
  command.option('--config-file <path>', `options in TOML (env ${FILE_VARIABLE}; default ${DEFAULT_FILE})`)
  return addFlags(command, agentOptions, AGENT_PREFIX).exitOverride()
}

function resolve({ configFile, ...flags }: Flags): Result<AgentOptions, readonly string[]> {
  const named = typeof configFile === 'string' ? configFile : process.env[FILE_VARIABLE]
  const resolved = resolveOptions(agentOptions, {
    prefix: AGENT_PREFIX,
    foreign: [FILE_VARIABLE],
    file: { path: named ?? DEFAULT_FILE, required: named !== undefined },
    environment: process.env,
    flags,
  })
  if (!resolved.ok) return resolved
  const { stateDir, runDir, scratchDir } = resolved.value
  const relative = Object.entries({ stateDir, runDir, scratchDir }).filter(([, path]) => !path.startsWith('/'))
  if (relative.length === 0) return resolved
  return refuse(relative.map(([name, path]) => `${name}: expected an absolute path, got ${JSON.stringify(path)}`))
}

function complain(faults: readonly string[], code: number): number {
  for (const fault of faults) process.stderr.write(`billet-agent: ${fault}\n`)
  return code
}

async function run(options: AgentOptions): Promise<number> {
  const logger = createLogger('billet-agent', options.logLevel)
  const ending = new AbortController()
  onSignals(ending, logger)
  const token = process.env[TOKEN_VARIABLE] ?? ''
  // Commands that run here must not find it.
  delete process.env[TOKEN_VARIABLE]
  let isReplaced = false
  const program = {
    path: process.execPath,
    argv: process.argv.slice(2),
    restart: () => {
      isReplaced = true
      ending.abort()
    },
    gpuReader: gpuReader(),
    systemReader: systemReader(),
    checkRunner: checkRunner(),
  }
  const agent = await startAgent(options, { logger, clock: systemClock, signal: ending.signal, token, program })
  if (!agent.ok) return ending.signal.aborted ? 0 : complain([agent.error], FAILED)
  const stopTrimming = keepTrimmed()
  await agent.value.ended
  stopTrimming()
  logger.info({}, 'agent ended; what runs here goes on')
  // The same process goes on as another program: whatever supervises it sees nothing.
  if (isReplaced) process.execve?.(program.path, [program.path, ...program.argv], process.env)
  return 0
}

function onSignals(ending: AbortController, logger: Logger): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      logger.info({ signal }, 'ending')
      ending.abort()
    })
  }
}

async function inventory(options: AgentOptions): Promise<number> {
  return (await printInventory(options)) ? 0 : complain(['the inventory could not be collected'], FAILED)
}

function baseline({ stateDir }: AgentOptions, forget: boolean): number {
  const path = join(stateDir, BASELINE_FILE)
  if (forget) {
    process.stdout.write(forgetBaseline(path) ? 'forgotten; the next validation takes a new one\n' : 'there was none\n')
    return 0
  }
  const known = readBaseline(path)
  if (!known.ok) return complain([known.error], FAILED)
  if (known.value === null) process.stdout.write('none was taken yet\n')
  for (const [kind, entries] of Object.entries(known.value ?? {})) {
    for (const [name, value] of Object.entries(entries)) process.stdout.write(`${kind}:${name}\t${value}\n`)
  }
  return 0
}

async function acceptInBaseline({ stateDir }: AgentOptions, file: string): Promise<number> {
  const path = join(stateDir, BASELINE_FILE)
  const known = readBaseline(path)
  if (!known.ok) return complain([known.error], FAILED)
  const now = (await new BaselineReader().read()).file[file]
  if (now === undefined) return complain([`--accept: ${file} is no file that a baseline has`], WRONG_OPTIONS)
  if (known.value === null) process.stdout.write('none was taken yet\n')
  else writeBaseline(path, { ...known.value, file: { ...known.value.file, [file]: now } })
  return 0
}

async function erasePlan(options: AgentOptions): Promise<number> {
  const devices = scratchDevicesOf(options)
  if (devices.length === 0) process.stdout.write('no scratch devices are named: scratch_devices\n')
  for (const line of await describeErasePlan(devices)) process.stdout.write(`${line}\n`)
  return 0
}

async function release({ stateDir }: AgentOptions, text: string): Promise<number> {
  const period = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
  if (!(period <= RELEASE_MINUTES_MAX)) {
    return complain([`--minutes: expected 0 to ${RELEASE_MINUTES_MAX}, got ${JSON.stringify(text)}`], WRONG_OPTIONS)
  }
  if (period === 0) {
    takeGpus(stateDir)
    return 0
  }
  const how = { stateDir, clock: systemClock, agent: lockHolder(stateDir) }
  const released = await releaseGpus(minutes(period), how)
  return released.ok ? 0 : complain([released.error], FAILED)
}

async function status({ stateDir }: AgentOptions): Promise<number> {
  const described = await describeState(stateDir, JOURNAL_FILE)
  if (!described.ok) return complain([described.error], FAILED)
  for (const line of described.value) process.stdout.write(`${line}\n`)
  return 0
}
