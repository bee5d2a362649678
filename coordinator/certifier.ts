import { type KeyObject, createPrivateKey } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../shared/log.ts'
import type { MachineId } from '../shared/model/ids.ts'
import { fencedOff } from '../shared/model/run.ts'
import { type Statement, digestOf, signStatement } from '../shared/release_certificate.ts'
import type { Credential } from '../shared/tls/certificates.ts'
import { certificateKey } from './core/certificate_key.ts'
import type { CertificateRecord, SignedStatement } from './core/records.ts'
import type { Fleet } from './ports.ts'

export type CertifierOptions = {
  readonly fleet: Fleet
  readonly cluster: string
  readonly credential: Credential
  /** Every certificate is appended to a file of its month here, one JSON document a line. */
  readonly archive: string
  readonly log: Logger
}

type Certified = { readonly record: CertificateRecord; readonly signed: SignedStatement }
type Wanted = { readonly machine: MachineId; readonly sequence: number }

const RETRY_MS = 1000
const TOGETHER = 256

/** Signs what the core has written down of releases, in order, and archives it before it is shown. */
export class Certifier {
  readonly #options: CertifierOptions
  readonly #key: KeyObject
  readonly #queue: Wanted[] = []
  #running = false
  #closed = false

  constructor(options: CertifierOptions) {
    this.#options = options
    this.#key = createPrivateKey(options.credential.key)
    mkdirSync(options.archive, { recursive: true, mode: 0o700 })
    const { fleet } = options
    // What an earlier start left unsigned.
    const left = fleet.read((view) =>
      [...view.table('certificates').values()].flatMap(({ record }) => (record.signed === null ? record : [])),
    )
    for (const { machine, sequence } of left.toSorted((one, other) => one.sequence - other.sequence)) {
      this.#queue.push({ machine, sequence })
    }
    fleet.onEffects((effects) => {
      for (const effect of effects) if (effect.kind === 'certify') this.#queue.push(effect)
      this.#start()
    })
    this.#start()
  }

  close(): void {
    this.#closed = true
  }

  #start(): void {
    if (this.#running || this.#closed || this.#queue.length === 0) return
    this.#running = true
    void this.#run()
  }

  /** All that waits goes together: one write to the archive, one batch of the fleet. */
  async #run(): Promise<void> {
    while (this.#queue.length > 0 && !this.#closed) {
      const wanted = this.#queue.slice(0, TOGETHER)
      const isDone = await this.#certify(wanted).catch((error: unknown) => {
        this.#options.log.error({ error }, 'releases cannot be certified')
        return false
      })
      if (isDone) this.#queue.splice(0, wanted.length)
      else await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
    }
    this.#running = false
  }

  async #certify(wanted: readonly Wanted[]): Promise<boolean> {
    const { fleet } = this.#options
    const certified = new Map<string, Certified>()
    for (const { machine, sequence } of wanted) {
      const find = (key: string) => fleet.read((view) => view.find('certificates', key))
      const key = certificateKey(machine, sequence)
      const record = find(key)
      if (record === undefined || record.signed !== null) continue
      const before = certificateKey(machine, sequence - 1)
      const previous = certified.get(before)?.signed.digest ?? find(before)?.signed?.digest ?? ''
      certified.set(key, { record, signed: this.#sign(record, previous) })
    }
    await this.#archive([...certified.values()])
    const answers = [...certified.values()].map(({ record: { machine, sequence }, signed }) =>
      fleet.submit({ kind: 'certificate_signed', machine, sequence, signed }),
    )
    return (await Promise.all(answers)).every((answer) => answer.ok)
  }

  #sign(record: CertificateRecord, previous: string): SignedStatement {
    const { cluster, credential } = this.#options
    const statement = JSON.stringify(statementOf(record, cluster, previous))
    const signature = signStatement(statement, this.#key).toString('base64')
    return { statement, signature, certificate: credential.certificate, digest: digestOf(statement) }
  }

  /** Durable before anyone is shown it; after a crash one may be there twice. */
  async #archive(certified: readonly Certified[]): Promise<void> {
    const months = Map.groupBy(certified, ({ record }) => new Date(record.provedAt).toISOString().slice(0, 7))
    for (const [month, of] of months) {
      await using file = await open(join(this.#options.archive, `${month}.jsonl`), 'a', 0o600)
      const lines = of.map(({ signed: { statement, signature, certificate } }) =>
        JSON.stringify({ statement, signature, certificate }),
      )
      await file.appendFile(`${lines.join('\n')}\n`)
      await file.datasync()
    }
  }
}

function statementOf(record: CertificateRecord, cluster: string, previous: string): Statement {
  const { hardware, handBack } = record
  return {
    version: 1,
    cluster,
    machine: record.machine,
    sequence: record.sequence,
    previous,
    hostname: record.hostname,
    hardware: { uuid: hardware.uuid, serial: hardware.serial, mac_addresses: [...hardware.macAddresses] },
    tenant: record.tenant,
    workload: record.workload,
    placement: record.placement,
    epoch: record.epoch,
    term: record.term,
    hand_back_time: new Date(handBack.at).toISOString(),
    prove_time: new Date(record.provedAt).toISOString(),
    devices: handBack.steps.flatMap(({ erased }) => {
      if (erased === undefined) return []
      const { bytes, samples, ...about } = erased
      return { ...about, size_bytes: bytes, sample_count: samples }
    }),
    fenced: fencedOff(handBack).map((fenced) => ({ ...fenced })),
    steps: handBack.steps.map(({ id, passed, detail, durationMs }) => ({
      id,
      passed,
      detail,
      duration_ms: durationMs,
    })),
  }
}
