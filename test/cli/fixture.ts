import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'
import { certificateRequest, newKey } from '../../agent/certificate_request.ts'
import { type Coordinator, startCoordinator } from '../../coordinator/main.ts'
import { COORDINATOR_PREFIX, coordinatorOptions } from '../../coordinator/options.ts'
import { systemClock } from '../../shared/clock.ts'
import { resolveOptions } from '../../shared/config.ts'
import { type Context, parseContextFile } from '../../shared/context_file.ts'
import { Connection } from '../../shared/grpc/client.ts'
import { type Logger, silentLogger } from '../../shared/log.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { services } from '../../shared/wire/load.ts'
import { FakeAgent, type Script, obedient } from '../coordinator/sessions/fake_agent.ts'
import { must } from '../fixtures.ts'

const ROOT = join(import.meta.dirname, '..', '..')

export function directory(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'billet-cli-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

export type Outcome = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Starts the built `billet`. Nothing of the test's own environment but the path is in its. */
export function start(argv: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: '/nonexistent', ...environment }
  return spawn(join(ROOT, 'dist', 'billet'), argv, { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

export function ended(child: ChildProcess): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout?.on('data', (data: Buffer) => stdout.push(data))
    child.stderr?.on('data', (data: Buffer) => stderr.push(data))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}

/** Runs `billet` as a person would. */
export const billet = (argv: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Outcome> =>
  ended(start(argv, environment))

/** Resolves with all that was said so far, once it matches. */
export function says(child: ChildProcess, stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    child[stream]?.on('data', (data: Buffer) => {
      said += data.toString()
      if (pattern.test(said)) resolve(said)
    })
    child.once('close', () => reject(new Error(`ended and only said ${JSON.stringify(said)}`)))
  })
}

type Hardware = { readonly uuid?: string; readonly serial?: string; readonly mac_addresses?: string[] }
type Identity = { readonly machine: string; readonly certificate: string; readonly key: string }

export type Document = Readonly<Record<string, unknown>>

/** A coordinator in this process, and the command line in processes of its own. */
export class Fleet {
  readonly environment: Readonly<Record<string, string>>
  readonly coordinator: Coordinator
  readonly #t: ExecutionContext

  private constructor(t: ExecutionContext, coordinator: Coordinator) {
    this.#t = t
    this.coordinator = coordinator
    this.environment = { BILLET_CONFIG: coordinator.contextFile }
  }

  static async open(
    t: ExecutionContext,
    more: Readonly<Record<string, string>> = {},
    log: Logger = silentLogger,
  ): Promise<Fleet> {
    const flags = { dataDir: join(directory(t), 'data'), listen: '127.0.0.1:0', enrolListen: '127.0.0.1:0', ...more }
    const file = { path: '', required: false }
    const sources = { prefix: COORDINATOR_PREFIX, file, environment: {}, flags }
    const options = must(resolveOptions(coordinatorOptions, sources))
    const coordinator = must(await startCoordinator(options, { clock: systemClock, log }))
    t.teardown(() => coordinator.stop())
    return new Fleet(t, coordinator)
  }

  get contextFile(): string {
    return this.coordinator.contextFile
  }

  /** The administrator's own. */
  context(): Context {
    const context = must(parseContextFile(readFileSync(this.contextFile, 'utf8'))).contexts['admin']
    if (context === undefined) throw new Error('no administrator')
    return context
  }

  run(...argv: readonly string[]): Promise<Outcome> {
    return billet(argv, this.environment)
  }

  start(...argv: readonly string[]): ChildProcess {
    const child = start(argv, this.environment)
    this.#t.teardown(() => child.kill('SIGKILL'))
    return child
  }

  /** What a command that works out has to say in JSON, one document per line. */
  async json(...argv: readonly string[]): Promise<readonly Document[]> {
    const { code, stdout, stderr } = await this.run(...argv, '-o', 'json')
    if (code !== 0) throw new Error(`billet ${argv.join(' ')} ended with ${code}: ${stderr}`)
    return stdout.split('\n').filter(Boolean).map(parse)
  }

  /** An identity for this hardware, as an agent gets it. */
  async enrol(token: string, hardware: Hardware, hostname: string): Promise<Result<Identity, BilletError>> {
    const { authority, enrolment } = this.coordinator
    const key = newKey()
    const enrolling = new Connection(`127.0.0.1:${enrolment.port}`, { authorities: authority.certificate })
    const request = { token, certificate_request: certificateRequest(key), hardware, hostname }
    const answer = await enrolling.call(services.EnrolmentService.Enrol, request)
    enrolling.close()
    return answer.ok ? ok({ machine: answer.value.machine, certificate: answer.value.certificate, key }) : answer
  }

  /** Enrols a machine whose agent does as the script says, and waits until it is available. */
  async machine(serial: string, script: Script = obedient, hostname = serial): Promise<FakeAgent> {
    const { authority, api } = this.coordinator
    const token = (await this.run('tokens', 'create', '--auto-approve')).stdout.trim()
    const { certificate, key } = must(await this.enrol(token, { serial }, hostname))
    const tls = { authorities: authority.certificate, identity: { certificate, key } }
    const agent = new FakeAgent(`127.0.0.1:${api.port}`, tls, script)
    this.#t.teardown(() => agent.close())
    agent.hello({ serial: hostname })
    await agent.take('welcome')
    await agent.settled()
    return agent
  }
}

/** What is at a place in a document. */
export function dig(value: unknown, ...[step, ...more]: readonly string[]): unknown {
  if (step === undefined) return value
  return dig(new Map(Object.entries(value ?? {})).get(step), ...more)
}

export function parse(line: string): Document {
  const parsed: unknown = JSON.parse(line)
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`expected a document, got ${line}`)
  return { ...parsed }
}
