import { randomUUID } from 'node:crypto'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { version } from '../shared/version.ts'
import { connect, type Api } from './client.ts'
import { registerAgents } from './commands/agents.ts'
import { registerBoot } from './commands/boot.ts'
import { registerChecks } from './commands/checks.ts'
import { registerEvents } from './commands/events.ts'
import { registerFleet } from './commands/fleet.ts'
import { registerHealth } from './commands/health.ts'
import { registerExec } from './commands/exec.ts'
import { registerMachines } from './commands/machines.ts'
import { registerPlan } from './commands/plan.ts'
import { registerPriorityClasses } from './commands/priority_classes.ts'
import { registerReservations } from './commands/reservations.ts'
import { registerRun } from './commands/run.ts'
import type { Register, Session } from './commands/shared.ts'
import { registerTelemetry } from './commands/telemetry.ts'
import { registerTenants } from './commands/tenants.ts'
import { registerTokens } from './commands/tokens.ts'
import { registerTop } from './commands/top.ts'
import { registerUsage } from './commands/usage.ts'
import { registerWorkloads } from './commands/workloads.ts'
import { SHELL_NAMES, completionScript } from './completion.ts'
import { type ContextOptions, loadContext } from './context.ts'
import { CommandFailure, exitCodes } from './errors.ts'
import { Output } from './output.ts'
import { plain } from './render.ts'

const REGISTERS: readonly Register[] = [
  registerMachines,
  registerWorkloads,
  registerRun,
  registerPlan,
  registerExec,
  registerTop,
  registerTelemetry,
  registerTenants,
  registerPriorityClasses,
  registerUsage,
  registerReservations,
  registerTokens,
  registerEvents,
  registerFleet,
  registerHealth,
  registerChecks,
  registerAgents,
  registerBoot,
]

const EXIT_CODES = `
Exit codes:
  0    done
  1    the coordinator refused, or what was asked for did not work out
  2    the command line is wrong, or the context file cannot be used
  3    the coordinator cannot be reached, or does not accept the credentials
  125  billet run: Billet failed, not the task
  130  interrupted
  141  nobody reads the output any more
billet run ends with the task's own exit code; a signal n counts as 128 + n.
billet exec on one machine ends with the command's; on several with 0 where all were 0, else 1.`

/**
 * The command line. It speaks the public API alone; `more` adds the words that need other parts of the program.
 *
 * @returns the exit code.
 */
export async function main(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  more: (program: Command) => void,
): Promise<number> {
  const program = new Command('billet')
    .description('Whole physical machines, one tenant at a time.')
    .version(version)
    .option('--config <file>', 'context file (BILLET_CONFIG)')
    .option('--context <name>', 'which of its contexts (BILLET_CONTEXT)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'billet: ')) })
    .enablePositionalOptions()
    .exitOverride()
  const interrupt = new AbortController()
  const session = new ProcessSession(() => loadContext(program.opts<ContextOptions>(), environment), interrupt.signal)
  for (const register of REGISTERS) register(program, session)
  more(program)
  program
    .command('completion')
    .argument('<shell>', SHELL_NAMES)
    .description('print a completion script: source <(billet completion bash)')
    .action((shell: string) => session.stdout(completionScript(program, shell)))
  inherit(program)
  const onSignal = (): void => interrupt.abort()
  process.once('SIGINT', onSignal)
  process.once('SIGTERM', onSignal)
  const output = new Output(process.stdout)
  try {
    await Promise.race([program.parseAsync([...argv], { from: 'user' }), output.failed])
    return await ended(session, output)
  } catch (error) {
    return fail(error, session, interrupt.signal)
  } finally {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    session.close()
  }
}

async function ended(session: ProcessSession, output: Output): Promise<number> {
  const failure = await output.written()
  if (failure !== undefined) throw failure
  return session.exitCode
}

/** Settings of the program that commander does not hand down to commands made before. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride()
    inherit(child)
  }
}

function fail(error: unknown, session: ProcessSession, signal: AbortSignal): number {
  // Commander has said what was wrong; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  if (signal.aborted) return exitCodes.interrupted
  if (!(error instanceof CommandFailure)) throw error
  if (error.message !== '') session.stderr(`billet: ${plain(error.message)}\n`)
  return error.exitCode
}

class ProcessSession implements Session {
  exitCode = 0
  readonly signal: AbortSignal
  readonly isTerminal = process.stdout.isTTY
  readonly #context: () => ReturnType<typeof loadContext>
  #api: Api | undefined

  constructor(context: () => ReturnType<typeof loadContext>, signal: AbortSignal) {
    this.#context = context
    this.signal = signal
  }

  readonly stdout = (text: string): void => {
    process.stdout.write(text)
  }
  readonly stdoutBytes = (data: Uint8Array): void => {
    process.stdout.write(data)
  }
  readonly stderr = (text: string): void => {
    process.stderr.write(text)
  }
  readonly stderrBytes = (data: Uint8Array): void => {
    process.stderr.write(data)
  }
  readonly now = (): number => Date.now()
  readonly requestId = (): string => randomUUID()

  api(): Api {
    this.#api ??= connect(this.#context(), this.signal)
    return this.#api
  }

  authority(): string {
    return this.#context().ca
  }

  exit(code: number): void {
    this.exitCode = code
  }

  close(): void {
    this.#api?.close()
  }
}
