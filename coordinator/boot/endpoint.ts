import { join } from 'node:path'
import type { Logger } from '../../shared/log.ts'
import { type Result, refuse } from '../../shared/model/result.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { type Artefacts, markOf, openArtefacts } from './artefacts.ts'
import { type BootSite, type BootTable, tableOf } from './table.ts'

/** Whoever asks may look at the folder anew, so seldom. */
const LOOK_MS = 1000

/** What is served, and why agents are not among it where they are not. */
export type Served = { readonly table: BootTable; readonly artefacts: Result<Artefacts, string> }

/** Agents in a folder, as they are served now: a folder that was changed is read anew when somebody asks. */
export class BootEndpoint {
  readonly #folder: string
  readonly #site: BootSite
  readonly #clock: Clock
  readonly #log: Logger
  #mark: string | null = null
  #lookedAt: Milliseconds | null = null
  #served: Served
  #reading: Promise<Served> | null = null

  constructor(dataDir: string, site: BootSite, clock: Clock, log: Logger) {
    this.#folder = join(dataDir, 'artefacts')
    this.#site = site
    this.#clock = clock
    this.#log = log
    const artefacts = refuse(`${this.#folder} was not read yet`)
    this.#served = { table: tableOf(site, artefacts), artefacts }
  }

  get site(): BootSite {
    return this.#site
  }

  async now(): Promise<Served> {
    if (this.#reading !== null) return this.#reading
    const now = this.#clock.monotonic()
    if (this.#lookedAt !== null && now - this.#lookedAt < LOOK_MS) return this.#served
    this.#lookedAt = now
    const mark = markOf(this.#folder)
    if (mark === this.#mark) return this.#served
    this.#reading = this.#read(mark).finally(() => {
      this.#reading = null
    })
    return this.#reading
  }

  async #read(mark: string): Promise<Served> {
    const artefacts = await openArtefacts(this.#folder)
    this.#release()
    this.#served = { table: tableOf(this.#site, artefacts), artefacts }
    this.#mark = mark
    if (artefacts.ok) this.#log.info({ agent: artefacts.value.manifest.agent }, 'agents are served for first boots')
    else this.#log.warn({ reason: artefacts.error }, 'no agents can be served for first boots')
    return this.#served
  }

  #release(): void {
    const { artefacts } = this.#served
    if (artefacts.ok) for (const content of artefacts.value.binaries.values()) content.release()
  }

  async close(): Promise<void> {
    await this.#reading
    this.#release()
  }
}
