import { CommandState } from '../../shared/wire/gen/types/billet/v1/CommandState.ts'
import type { CommandRun__Output } from '../../shared/wire/gen/types/billet/v1/CommandRun.ts'
import { OutputStream } from '../../shared/wire/gen/types/billet/v1/OutputStream.ts'
import { services } from '../../shared/wire/load.ts'
import { exitCodes, usage } from '../errors.ts'
import { plain } from '../render.ts'
import { findMachine, selectMachines, withSelection } from './machines.ts'
import {
  type Duration,
  type OutputOption,
  type Register,
  type Session,
  collect,
  collectPairs,
  parseDuration,
  parseSize,
  withOutput,
  word,
} from './shared.ts'

const { CommandService } = services

type ExecOptions = OutputOption &
  Parameters<typeof selectMachines>[1] & {
    readonly on?: readonly string[]
    readonly all?: boolean
    readonly shell?: boolean
    readonly user?: string
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly timeout?: Duration
    readonly outputMax?: number
    readonly requestId?: string
  }

async function chosen(session: Session, options: ExecOptions): Promise<string[]> {
  const named: string[] = []
  for (const text of options.on ?? []) named.push(await findMachine(session, text))
  if (named.length > 0) return named
  const selects = [options.state, options.selector, options.class, options.tenant].some((given) => given !== undefined)
  if (!selects && options.all !== true) throw usage('Say on which machines: --on <machine>, a selection, or --all.')
  const machines: string[] = []
  for await (const machine of selectMachines(session, options)) machines.push(machine.name ?? '')
  return machines
}

async function exec(session: Session, argv: readonly string[], options: ExecOptions): Promise<void> {
  const machines = await chosen(session, options)
  if (machines.length === 0) throw usage('No machine matches.')
  const spec = {
    argv: options.shell === true ? [argv.join(' ')] : [...argv],
    shell: options.shell === true,
    run_as: options.user ?? '',
    cwd: options.cwd ?? '',
    env: { ...options.env },
    output_bytes_max: options.outputMax ?? 0,
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
  }
  const request = { machines, spec, request_id: options.requestId ?? session.requestId() }
  const printer = new Printer(session, options.output === 'json', machines.length > 1)
  for await (const event of session.api().stream(CommandService.RunCommand, request)) {
    if (event.command !== undefined && event.command !== null) printer.begins(event.command.runs ?? [])
    else if (event.output !== undefined && event.output !== null) printer.output(event.output)
    else if (event.run !== undefined && event.run !== null) printer.ends(event.run)
  }
  session.exit(printer.exitCode())
}

type Piece = { readonly machine?: string; readonly stream?: number; readonly data?: Uint8Array }

/** Output as it comes, whole lines at a time and each with its host where there is more than one. */
class Printer {
  readonly #session: Session
  readonly #json: boolean
  readonly #prefixed: boolean
  readonly #hosts = new Map<string, string>()
  readonly #partial = new Map<string, string>()
  readonly #decoders = new Map<string, InstanceType<typeof TextDecoder>>()
  readonly #codes: number[] = []

  constructor(session: Session, json: boolean, prefixed: boolean) {
    this.#session = session
    this.#json = json
    this.#prefixed = prefixed
  }

  begins(runs: readonly CommandRun__Output[]): void {
    for (const run of runs) this.#hosts.set(run.machine ?? '', plain(run.hostname || (run.machine ?? '')))
  }

  output({ machine = '', stream = 0, data = new Uint8Array() }: Piece): void {
    const isError = stream === OutputStream.OUTPUT_STREAM_STDERR
    if (this.#json) {
      const text = Buffer.from(data).toString('base64')
      this.#session.stdout(`${JSON.stringify({ machine, stream: isError ? 'stderr' : 'stdout', data: text })}\n`)
    } else if (this.#prefixed) {
      this.#lines(machine, stream, data, isError)
    } else {
      const write = isError ? this.#session.stderrBytes : this.#session.stdoutBytes
      write(data)
    }
  }

  #lines(machine: string, stream: number, data: Uint8Array, isError: boolean): void {
    const key = `${machine} ${stream}`
    const decoder = this.#decoders.get(key) ?? new TextDecoder()
    this.#decoders.set(key, decoder)
    const lines = ((this.#partial.get(key) ?? '') + decoder.decode(data, { stream: true })).split('\n')
    this.#partial.set(key, lines.pop() ?? '')
    for (const line of lines) this.#line(machine, line, isError)
  }

  #line(machine: string, line: string, isError: boolean): void {
    const text = `${this.#hosts.get(machine) ?? machine}: ${line}\n`
    if (isError) this.#session.stderr(text)
    else this.#session.stdout(text)
  }

  ends(run: CommandRun__Output): void {
    const { machine } = run
    const state = word(CommandState, 'COMMAND_STATE_', run.state)
    if (state === 'pending' || state === 'running') return
    this.#codes.push(state === 'exited' ? (run.exit_code ?? exitCodes.refused) : exitCodes.refused)
    if (this.#json) {
      this.#session.stdout(`${JSON.stringify(run)}\n`)
      return
    }
    for (const [key, text] of this.#partial) {
      if (!key.startsWith(`${machine} `) || text === '') continue
      this.#line(machine, text, key.endsWith(` ${OutputStream.OUTPUT_STREAM_STDERR}`))
      this.#partial.delete(key)
    }
    const host = this.#hosts.get(machine) ?? machine
    const dropped = (run.stdout_dropped_bytes ?? 0) + (run.stderr_dropped_bytes ?? 0)
    if (dropped > 0) this.#session.stderr(`billet: ${host}: ${dropped} bytes beyond the cap were dropped\n`)
    if (state !== 'exited') this.#session.stderr(`billet: ${host}: ${state}: ${plain(run.reason ?? '')}\n`)
    else if (run.exit_code !== 0) this.#session.stderr(`billet: ${host}: exit code ${run.exit_code}\n`)
  }

  /** One machine: its own code. Several: 0 where all were 0, else 1. */
  exitCode(): number {
    const [only = exitCodes.refused, ...others] = this.#codes
    if (others.length === 0) return only
    return this.#codes.every((code) => code === 0) ? exitCodes.done : exitCodes.refused
  }
}

export const registerExec: Register = (program, session) => {
  const command = program
    .command('exec')
    .description('run a command on machines and show what each says')
    .argument('<argv...>', 'program and arguments, after --')
    .option('--on <machine>', 'on this machine, by name or host name (repeatable)', collect)
    .option('--all', 'on every machine')
    .option('--shell', 'the arguments are one line for /bin/sh')
    .option('--user <user>', 'as this user of the machine')
    .option('--cwd <path>', 'in this directory; / without it')
    .option('-e, --env <name=value>', 'with this in its environment (repeatable)', collectPairs('--env'))
    .option('--timeout <duration>', 'kill it after so long; 1m without it', parseDuration('--timeout'))
    .option('--output-max <size>', 'keep so much of each output; 64KiB without it', parseSize('--output-max'))
    .option('--request-id <id>', 'makes repeated calls one command')
  withOutput(withSelection(command)).action((argv: readonly string[], options: ExecOptions) =>
    exec(session, argv, options),
  )
}
