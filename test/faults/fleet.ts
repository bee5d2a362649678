import { execFile } from 'node:child_process'
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { until } from '../../demo/fleet.ts'
import { parseContextFile } from '../../shared/context_file.ts'
import { Connection } from '../../shared/grpc/client.ts'
import { must } from '../fixtures.ts'
import { Box, HUB, type Program, makeHub } from './box.ts'
import { boxName } from './plan.ts'
import { Relay } from './relay.ts'

const run = promisify(execFile)
const DIST = join(import.meta.dirname, '..', '..', 'dist')
const COORDINATOR = '10.77.0.2'
const API_PORT = 7443
const ENROLMENT_PORT = 7444
const FIRST_RELAY = 8000
/** Each box sees its own processes only, so all may use the same users. */
const UID_BASE = 1_700_000_000
/** Gives a program another time of day than the machine's; monotonic clocks stay. */
const FAKETIME = '/usr/lib/*/faketime/libfaketimeMT.so.1'

/** No two boxes agree on how long they have been running. */
const AHEAD_S = 86_400

/** Half of the machines reach the coordinator through a relay, the others directly. */
export const isRelayed = (box: number): boolean => box > 0 && box % 2 === 0

/** A coordinator and machines of real programs, each in a box of its own. */
export class FaultFleet {
  readonly coordinator: Box
  readonly machines: readonly Box[]
  readonly relays = new Map<number, Relay>()
  /** Tasks and commands write here; no machine's disk. */
  readonly recorders: string
  readonly #directory: string
  readonly #programs: string
  #token = ''

  constructor(directory: string, machines: number) {
    this.#directory = directory
    this.recorders = join(directory, 'recorders')
    this.#programs = join(directory, 'programs')
    this.coordinator = this.#box(0, COORDINATOR, () => ({ argv: this.#coordinator(), environment: {} }))
    const [library = ''] = globSync(FAKETIME)
    this.machines = Array.from({ length: machines }, (_, index) => {
      const number = index + 1
      const clock = join(directory, boxName(number), 'clock')
      const environment = {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clock,
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
        FAKETIME_DISABLE_SHM: '1',
      }
      return this.#box(number, `10.77.1.${number}`, () => ({ argv: this.#agent(number), environment }))
    })
  }

  #box(number: number, address: string, program: () => Program): Box {
    const name = boxName(number)
    const directory = join(this.#directory, name)
    const recorder = join(this.recorders, name)
    mkdirSync(directory, { recursive: true, mode: 0o755 })
    mkdirSync(recorder, { recursive: true, mode: 0o755 })
    return new Box({ name, address, directory, program, aheadS: number * AHEAD_S, aheadFile: join(recorder, 'ahead') })
  }

  box(number: number): Box {
    const box = number === 0 ? this.coordinator : this.machines[number - 1]
    if (box === undefined) throw new Error(`there is no box ${number}`)
    return box
  }

  /** Starts the coordinator; the machines come with `join`. */
  async open(): Promise<void> {
    mkdirSync(this.#programs, { recursive: true })
    // The boxes cover directories in which this checkout may lie.
    await run('mount', ['--bind', DIST, this.#programs])
    mkdirSync(join(this.recorders, 'ranks'), { recursive: true, mode: 0o755 })
    chmodSync(join(this.recorders, 'ranks'), 0o1777)
    await makeHub()
    await this.coordinator.make()
    await this.coordinator.start()
    await until('the coordinator has begun', async () => existsSync(this.#contextFile))
  }

  get #contextFile(): string {
    return join(this.coordinator.disk, 'data', 'admin.context.json')
  }

  connect(): Connection {
    const context = must(parseContextFile(readFileSync(this.#contextFile, 'utf8'))).contexts['admin']
    if (context === undefined) throw new Error('the coordinator wrote no context')
    const { address, ca: authorities, certificate, key } = context
    return new Connection(address, { authorities, identity: { certificate, key } })
  }

  async join(token: string): Promise<void> {
    this.#token = token
    for (const [index, machine] of this.machines.entries()) {
      const number = index + 1
      if (isRelayed(number)) this.relays.set(number, new Relay(FIRST_RELAY + number, API))
      const recorder = join(this.recorders, machine.name)
      for (const file of ['tasks', 'commands', 'lock']) {
        writeFileSync(join(recorder, file), '')
        chmodSync(join(recorder, file), 0o666)
      }
      await machine.make()
      writeFileSync(join(machine.disk, 'token'), this.#token, { mode: 0o600 })
      this.setClock(number, 0)
      await machine.start()
    }
  }

  setClock(number: number, seconds: number): void {
    const sign = seconds < 0 ? '-' : '+'
    writeFileSync(join(this.box(number).directory, 'clock'), `${sign}${Math.abs(seconds)}\n`)
  }

  #coordinator(): string[] {
    return [
      join(this.#programs, 'billet'),
      'coordinator',
      `--data-dir=${join(this.coordinator.disk, 'data')}`,
      `--listen=0.0.0.0:${API_PORT}`,
      `--enrol-listen=0.0.0.0:${ENROLMENT_PORT}`,
      `--advertise=${COORDINATOR}:${API_PORT}`,
      // All of its machines are this one: they would measure each other.
      '--check-interval=0s',
    ]
  }

  #agent(number: number): string[] {
    const { disk, volatile, name } = this.box(number)
    const fingerprint = readFileSync(join(this.coordinator.disk, 'data', 'identity', 'ca.fingerprint'), 'utf8').trim()
    const api = isRelayed(number) ? `${HUB.address}:${FIRST_RELAY + number}` : `${COORDINATOR}:${API_PORT}`
    return [
      join(this.#programs, 'billet-agent'),
      'run',
      `--coordinator=${api}`,
      `--enrol-address=${COORDINATOR}:${ENROLMENT_PORT}`,
      `--ca-fingerprint=${fingerprint}`,
      `--token-file=${join(disk, 'token')}`,
      `--state-dir=${join(disk, 'state')}`,
      `--scratch-dir=${join(disk, 'scratch')}`,
      `--run-dir=${volatile}`,
      `--uid-base=${UID_BASE}`,
      `--hardware-serial=FAULTS-${name}`,
      '--sanitise-scope=placement',
      '--reconnect-base=100ms',
      '--reconnect-cap=1s',
    ]
  }

  async close(): Promise<void> {
    for (const relay of this.relays.values()) relay.close()
    for (const machine of this.machines) await machine.powerOff()
    await this.coordinator.powerOff()
  }
}

const API = { host: COORDINATOR, port: API_PORT }
