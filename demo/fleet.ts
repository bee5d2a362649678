import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Context, parseContextFile } from '../shared/context_file.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const BILLET = join(ROOT, 'dist', 'billet')
const AGENT = join(ROOT, 'dist', 'billet-agent')

export type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** A fleet on this machine, made of the built binaries: one coordinator, and agents with state of their own. */
export class LocalFleet {
  readonly directory: string
  readonly #children = new Map<string, ChildProcess>()
  #ports: { readonly api: number; readonly enrol: number } | undefined

  constructor(directory: string) {
    this.directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o755 })
  }

  get contextFile(): string {
    return join(this.directory, 'coordinator', 'admin.context.json')
  }

  /** The administrator's context, as the coordinator wrote it. */
  get admin(): Context {
    const context = parseContextFile(readFileSync(this.contextFile, 'utf8'))
    const admin = context.ok ? context.value.contexts['admin'] : undefined
    if (admin === undefined) throw new Error('the coordinator wrote no context')
    return admin
  }

  /** Where the coordinator is, and whom its machines believe. */
  get addresses(): { readonly coordinator: string; readonly enrolment: string; readonly fingerprint: string } {
    if (this.#ports === undefined) throw new Error('the coordinator was never started')
    const { api, enrol } = this.#ports
    return { coordinator: `127.0.0.1:${api}`, enrolment: `127.0.0.1:${enrol}`, fingerprint: this.#fingerprint() }
  }

  async startCoordinator(more: readonly string[] = []): Promise<void> {
    this.#ports ??= { api: await freePort(), enrol: await freePort() }
    const { api, enrol } = this.#ports
    this.#start('coordinator', BILLET, [
      'coordinator',
      `--data-dir=${join(this.directory, 'coordinator')}`,
      `--listen=127.0.0.1:${api}`,
      `--enrol-listen=127.0.0.1:${enrol}`,
      // Agents that share one machine would measure each other.
      '--check-interval=0s',
      ...more,
    ])
    await until('the coordinator answers', async () => (await this.billet('machines', 'list')).code === 0)
  }

  /** Starts an agent that enrols with the token; each has a loopback address of its own. */
  startAgent(name: string, number: number, token: string, more: readonly string[] = [], program = AGENT): void {
    const { coordinator, enrolment, fingerprint } = this.addresses
    const state = join(this.directory, name)
    mkdirSync(state, { recursive: true, mode: 0o700 })
    const tokenFile = join(this.directory, `${name}.token`)
    writeFileSync(tokenFile, token, { mode: 0o600 })
    this.#start(name, program, [
      'run',
      `--coordinator=${coordinator}`,
      `--enrol-address=${enrolment}`,
      `--ca-fingerprint=${fingerprint}`,
      `--token-file=${tokenFile}`,
      `--state-dir=${state}`,
      `--run-dir=${join(this.directory, `${name}.run`)}`,
      `--scratch-dir=${join(this.directory, `${name}.scratch`)}`,
      `--hardware-serial=DEMO-${name}-${process.pid}`,
      `--uid-base=${uidBase(number)}`,
      '--sanitise-scope=placement',
      `--peer-address=127.0.0.${10 + number}`,
      ...more,
    ])
  }

  #fingerprint(): string {
    return readFileSync(join(this.directory, 'coordinator', 'identity', 'ca.fingerprint'), 'utf8').trim()
  }

  #start(name: string, program: string, options: readonly string[]): void {
    const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] })
    const log = createWriteStream(join(this.directory, `${name}.log`), { flags: 'a' })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#children.set(name, child)
  }

  /** Waits until a program has ended by itself, and says what it said. */
  async ended(name: string): Promise<{ readonly code: number | null; readonly log: string }> {
    const child = this.#children.get(name)
    if (child === undefined) throw new Error(`${name} is not running`)
    // What it said last may still be on its way into the file when it has ended.
    if (!(child.stderr?.closed ?? true)) await new Promise((resolve) => child.once('close', resolve))
    const path = join(this.directory, `${name}.log`)
    await until(`${name} has said something`, async () => readFileSync(path, 'utf8') !== '')
    return { code: child.exitCode, log: readFileSync(path, 'utf8') }
  }

  pid(name: string): number {
    const pid = this.#children.get(name)?.pid
    if (pid === undefined) throw new Error(`${name} is not running`)
    return pid
  }

  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.#children.get(name)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
    this.#children.delete(name)
  }

  /** Agents first: each is asked to end, and ends by itself. */
  async stop(): Promise<void> {
    for (const name of [...this.#children.keys()].toReversed()) await this.kill(name, 'SIGTERM')
  }

  /** The processes go on when this one ends. */
  leave(): void {
    for (const child of this.#children.values()) {
      child.stdout?.destroy()
      child.stderr?.destroy()
      child.unref()
    }
  }

  /** Runs the command line as a person would. */
  billet(...argv: readonly string[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(BILLET, argv, {
        env: { ...process.env, BILLET_CONFIG: this.contextFile },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      const stdout: Buffer[] = []
      const stderr: Buffer[] = []
      child.stdout.on('data', (data: Buffer) => stdout.push(data))
      child.stderr.on('data', (data: Buffer) => stderr.push(data))
      child.once('error', reject)
      child.once('close', (code) =>
        resolve({
          code: code ?? -1,
          stdout: Buffer.concat(stdout).toString(),
          stderr: Buffer.concat(stderr).toString(),
        }),
      )
    })
  }

  /** Starts the command line, for what does not end by itself. */
  spawn(...argv: readonly string[]): ChildProcess {
    const env = { ...process.env, BILLET_CONFIG: this.contextFile }
    return spawn(BILLET, argv, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  }

  /** As `billet`, for answers in JSON, one document per line; a refusal is an error. */
  async json(...argv: readonly string[]): Promise<readonly Document[]> {
    const { code, stdout, stderr } = await this.billet(...argv, '-o', 'json')
    if (code !== 0) throw new Error(`billet ${argv.join(' ')} ended with ${code}: ${stderr.trim()}`)
    return stdout.split('\n').filter(Boolean).map(parse)
  }
}

/** What the demo reads of any resource. */
export type Document = { readonly [field: string]: unknown }

function parse(line: string): Document {
  const parsed: unknown = JSON.parse(line)
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`expected a document, got ${line.slice(0, 80)}`)
  return { ...parsed }
}

const PATIENCE_MS = 60_000

/** What is waited for can no longer come. */
export class Hopeless extends Error {}

/** Looks until it is so; an error where it never is, or where looking says that it cannot be any more. */
export async function until(what: string, look: () => Promise<boolean>, patience = PATIENCE_MS): Promise<void> {
  const deadline = Date.now() + patience
  for (;;) {
    const seen = await look().catch((error: unknown) => {
      if (error instanceof Hopeless) throw error
      return false
    })
    if (seen) return
    if (Date.now() > deadline) throw new Error(`waited ${patience / 1000} s in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/** Users of its own for each machine of each program that starts some: one looks for its tenants by their users. */
function uidBase(number: number): number {
  return 1_000_000 + ((process.pid % 1000) * 16 + number) * 70_000
}
