import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { makePrivateDirectory, writePrivateFile } from '../../shared/files.ts'
import type { Logger } from '../../shared/log.ts'
import { type Condition, finding } from '../../shared/model/health.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type UpgradeOrder, upgradeFailed } from '../../shared/model/run.ts'
import type { Clock } from '../../shared/model/time.ts'
import { type UpgradeManifest, manifestDigest, verifyManifest } from '../../shared/upgrade_manifest.ts'
import { startGuardian } from './guardian.ts'

export type UpgraderOptions = {
  readonly stateDir: string
  /** File with the public key that manifests must be signed with; empty: no upgrade is taken. */
  readonly keyFile: string
  /** The running program, and what it was called with. */
  readonly program: string
  readonly argv: readonly string[]
  readonly version: string
  readonly architecture: string
  readonly clock: Clock
  readonly log: Logger
  /** Ends this agent, and begins the program anew under the same process id. */
  readonly onRestart: () => void
}

/** How long the new agent has to be welcomed by a coordinator. */
const WELCOME_SECONDS = 120
const DOWNLOAD_MS = 15 * 60_000
const CHECK_MS = 60_000

/**
 * Puts another agent in place of this one, and takes this one back where that does not come to a session. A task that
 * runs is not touched: it is no child of the agent, and the next one finds it again.
 */
export class Upgrader {
  readonly #options: UpgraderOptions
  readonly #directory: string
  #tried = ''
  #busy = false
  #conditions: readonly Condition[] = []

  constructor(options: UpgraderOptions) {
    this.#options = options
    this.#directory = join(options.stateDir, 'upgrade')
    const made = makePrivateDirectory(this.#directory)
    if (!made.ok) options.log.warn({ reason: made.error }, 'no upgrade can be taken')
    // Whoever swapped the program died before it said so: watched again, until it is welcomed.
    if (existsSync(this.#path('pending'))) this.#watch()
    if (!existsSync(this.#path('rolled_back'))) return
    const [digest = '', name = ''] = readText(this.#path('rolled_back')).trim().split(' ')
    this.#tried = digest
    this.#fail(name, 'the new agent did not come to a session in time, or ended; this one was taken back')
  }

  /** Of the upgrade that failed last; the same array while nothing changed. */
  get conditions(): readonly Condition[] {
    return this.#conditions
  }

  /** This agent was welcomed: it stays. */
  welcomed(): void {
    rmSync(this.#path('pending'), { force: true })
  }

  /** Tries each order once. */
  order(order: UpgradeOrder | null): void {
    if (order === null || this.#busy || manifestDigest(order) === this.#tried) return
    this.#tried = manifestDigest(order)
    this.#busy = true
    void this.#upgrade(order).then((done) => {
      this.#busy = false
      if (!done.ok) this.#fail(order.signature, done.error)
    })
  }

  async #upgrade(order: UpgradeOrder): Promise<Result<undefined, string>> {
    const { program, version, log } = this.#options
    const verified = this.#verify(order)
    if (!verified.ok) return verified
    const manifest = verified.value
    if (manifest.agent === version) return ok()
    if (manifest.created < this.#newest()) return refuse('it was signed before one that this machine has taken')
    if (!basename(program).startsWith('billet-agent')) return refuse(`${program} is no agent that can be replaced`)
    try {
      const binary = manifest.binaries.find(({ architecture }) => architecture === this.#options.architecture)
      if (binary === undefined) return refuse(`the manifest has no binary for ${this.#options.architecture}`)
      const aside = join(dirname(program), `.${basename(program)}.new`)
      const fetched = await fetchTo(aside, order.url, binary)
      if (!fetched.ok) return fetched
      const { stdout } = await promisify(execFile)(aside, ['--version'], { timeout: CHECK_MS })
      if (stdout.trim() !== manifest.agent) return refuse(`the binary calls itself ${stdout.trim().slice(0, 100)}`)
      log.info({ from: version, to: manifest.agent }, 'this agent is replaced')
      this.#swap(aside, order.signature)
      writePrivateFile(this.#path('newest'), `${manifest.created}\n`)
      this.#options.onRestart()
      return ok()
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error))
    }
  }

  #verify(order: UpgradeOrder): Result<UpgradeManifest, string> {
    const { keyFile } = this.#options
    if (keyFile === '') return refuse('this machine trusts no key for upgrades: set upgrade_key')
    try {
      return verifyManifest(order, readFileSync(keyFile, 'utf8'))
    } catch (error) {
      return refuse(`${keyFile} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  /** `pending` first: whichever program is there after a loss of power, it is watched. */
  #swap(aside: string, signature: string): void {
    const { program } = this.#options
    rmSync(this.#path('rolled_back'), { force: true })
    rmSync(`${program}.previous`, { force: true })
    linkSync(program, `${program}.previous`)
    writePrivateFile(this.#path('pending'), `${this.#tried} ${signature}\n`)
    renameSync(aside, program)
    this.#watch()
  }

  #watch(): void {
    const { program, argv } = this.#options
    startGuardian({ directory: this.#directory, program, argv, seconds: WELCOME_SECONDS })
  }

  #fail(signature: string, why: string): void {
    const { clock, log } = this.#options
    const reason = `the agent was not upgraded: ${why}`
    log.error({ reason }, 'an upgrade failed')
    const since = clock.now()
    const id = upgradeFailed(signature)
    this.#conditions = [finding({ id, severity: 'warning', reason, since, action: 'note' })]
  }

  /** Of the manifests that were taken: whoever has an old one cannot bring an old fault back with it. */
  #newest(): number {
    const newest = Number(readText(this.#path('newest')))
    return Number.isSafeInteger(newest) ? newest : 0
  }

  #path(file: 'pending' | 'rolled_back' | 'newest'): string {
    return join(this.#directory, file)
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

type Binary = UpgradeManifest['binaries'][number]

/** Into a file that can be run, whole and durable; what is not as the manifest says is not kept. */
async function fetchTo(path: string, url: string, { sha256, bytes }: Binary): Promise<Result<undefined, string>> {
  rmSync(path, { force: true })
  const answer = await get(url, AbortSignal.timeout(DOWNLOAD_MS))
  if (!answer.ok) return answer
  const hash = createHash('sha256')
  let got = 0
  await using file = await open(path, 'wx', 0o700)
  const body: AsyncIterable<unknown> = answer.value
  for await (const piece of body) {
    if (!(piece instanceof Uint8Array)) return refuse(`${url} gave something that is no bytes`)
    got += piece.length
    if (got > bytes) break
    hash.update(piece)
    await file.write(piece)
  }
  if (got === bytes && hash.digest('hex') === sha256) {
    await file.chmod(0o755)
    await file.sync()
    return ok()
  }
  rmSync(path, { force: true })
  return refuse(`what ${url} gave is not what the manifest says`)
}

function get(url: string, signal: AbortSignal): Promise<Result<IncomingMessage, string>> {
  const client = url.startsWith('https:') ? https : http
  return new Promise((resolve) => {
    const asked = client.get(url, { signal }, (answer) => {
      if (answer.statusCode === 200) return resolve(ok(answer))
      answer.destroy()
      resolve(refuse(`${url} answered ${answer.statusCode}`))
    })
    asked.on('error', (error) => resolve(refuse(`${url} cannot be fetched: ${error.message}`)))
  })
}
