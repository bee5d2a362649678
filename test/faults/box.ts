import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { until } from '../../demo/fleet.ts'
import type { Direction } from './plan.ts'

const run = promisify(execFile)

/** All boxes hang on this bridge; whoever makes them has the first address on it. */
export const HUB = { bridge: 'hub0', address: '10.77.0.1', bits: 16 } as const
const TABLE = 'billet_faults'
const DISK = '160m'
const NAMESPACES = ['--net', '--mount', '--pid', '--uts', '--ipc'] as const
const AGAIN_MS = 1000
/** How long ago a machine booted that is booted anew, by its own clocks. */
const YOUNG_S = 20

/** Makes the bridge in the network namespace that this process has to itself. */
export async function makeHub(): Promise<void> {
  await run('ip', ['link', 'set', 'lo', 'up'])
  await run('ip', ['link', 'add', HUB.bridge, 'type', 'bridge'])
  await run('ip', ['address', 'add', `${HUB.address}/${HUB.bits}`, 'dev', HUB.bridge])
  await run('ip', ['link', 'set', HUB.bridge, 'up'])
}

/**
 * The first process of a box: it gives the box directories of its own where every user may write, hides the host's
 * cgroups, says which boot this is, and waits for what is left behind.
 */
const INIT = `set -e
hostname "$1"
for dir in /tmp /var/tmp /dev/shm; do mount -t tmpfs -o mode=1777 billet-faults "$dir"; done
mount -t tmpfs -o mode=755 billet-faults "$3"
umount -R /sys
mount -t sysfs billet-faults /sys
mount --bind "$2" /proc/sys/kernel/random/boot_id
ip link set lo up
echo ready
while :; do sleep 1000 & wait; done
`

export type Program = {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

export type BoxOptions = {
  readonly name: string
  readonly address: string
  readonly directory: string
  readonly program: () => Program
  /** By how much its monotonic clocks are ahead of the host's at its first boot, in seconds. */
  readonly aheadS: number
  /** Says by how much they are now, for those who compare the clocks of boxes. */
  readonly aheadFile: string
}

type Held = { readonly holder: ChildProcess; readonly init: number }

/** A machine of its own: namespaces, an address, a disk; and the one program that matters there. */
export class Box {
  readonly name: string
  readonly address: string
  readonly directory: string
  /** Outlives a boot; so does what is in it. */
  readonly disk: string
  /** In memory, and empty after each boot. */
  readonly volatile: string
  readonly #options: BoxOptions
  #held: Held | null = null
  #running: { readonly entering: ChildProcess; readonly pid: number } | null = null
  #boots = 0
  #isWanted = false
  #starting: Promise<void> | null = null
  #on = Promise.withResolvers<undefined>()

  constructor(options: BoxOptions) {
    this.#options = options
    this.name = options.name
    this.address = options.address
    this.directory = options.directory
    this.disk = join(options.directory, 'disk')
    this.volatile = join(options.directory, 'run')
  }

  async make(): Promise<void> {
    for (const path of [this.disk, this.volatile]) mkdirSync(path, { recursive: true, mode: 0o755 })
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK},mode=755`, 'billet-faults', this.disk])
    await this.boot()
  }

  async boot(): Promise<void> {
    this.#boots += 1
    const bootId = join(this.directory, 'boot_id')
    rmSync(bootId, { force: true })
    writeFileSync(bootId, `${randomUUID()}\n`)
    const log = this.#log()
    const { aheadS, aheadFile } = this.#options
    const ahead = this.#boots === 1 ? aheadS : YOUNG_S - Math.floor(uptime())
    writeFileSync(aheadFile, `${ahead}\n`)
    const clocks = ['--time', `--boottime=${ahead}`, `--monotonic=${ahead}`]
    const kinds = [...NAMESPACES, ...clocks, '--fork', '--kill-child', '--mount-proc']
    const holder = spawn('unshare', [...kinds, '/bin/sh', '-c', INIT, 'init', this.name, bootId, this.volatile], {
      stdio: ['ignore', 'pipe', log],
    })
    closeSync(log)
    const said = new Promise<string>((resolve) => {
      holder.stdout?.once('data', (data: Buffer) => resolve(data.toString()))
      holder.once('exit', () => resolve(''))
    })
    if ((await said).trim() !== 'ready') throw new Error(`${this.name} did not come up`)
    const init = childOf(holder.pid)
    if (init === null) throw new Error(`${this.name} has no first process`)
    this.#held = { holder, init }
    const link = `${this.name.slice(0, 8)}b${this.#boots}`
    const peer = ['peer', 'name', 'eth0', 'netns', `${init}`]
    await run('ip', ['link', 'add', link, 'type', 'veth', ...peer])
    await run('ip', ['link', 'set', link, 'master', HUB.bridge, 'up'])
    const settings = `ip address add ${this.address}/${HUB.bits} dev eth0 && ip link set eth0 up`
    await this.#inside('--net', ['/bin/sh', '-c', settings])
    this.#on.resolve(undefined)
  }

  /** Every process of the box is gone, and so is its network. Its disk stays. */
  async powerOff(): Promise<void> {
    this.#isWanted = false
    if (this.#held === null) return
    const { holder, init } = this.#held
    this.#held = null
    this.#on = Promise.withResolvers()
    const ended = once(holder, 'exit')
    signal(init, 'SIGKILL')
    await ended
    const entering = this.#running?.entering
    this.#running = null
    if (entering !== undefined) await gone(entering)
    await this.#starting
  }

  async start(): Promise<void> {
    this.#isWanted = true
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = null
    })
    await this.#starting
  }

  async #launch(): Promise<void> {
    if (this.#running !== null) return
    const { argv, environment } = this.#options.program()
    const log = this.#log()
    const entering = spawn('nsenter', ['--target', `${this.#init}`, '--time', ...NAMESPACES, '--', ...argv], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    let pid: number | null = null
    await until(`${this.name} runs its program`, async () => {
      pid = childOf(entering.pid)
      return pid !== null || entering.exitCode !== null
    })
    if (pid === null) return this.#again()
    const running = { entering, pid }
    this.#running = running
    entering.once('exit', () => {
      if (this.#running !== running) return
      this.#running = null
      this.#again()
    })
  }

  /** A program that ended by itself is started again, as its unit has systemd do: it may not start on a full disk. */
  #again(): void {
    setTimeout(() => {
      if (this.#held !== null && this.#running === null && this.#isWanted) void this.start()
    }, AGAIN_MS).unref()
  }

  #log(): number {
    return openSync(join(this.directory, 'log'), 'a')
  }

  async kill(): Promise<void> {
    this.#isWanted = false
    await this.#starting
    if (this.#running === null) return
    const { entering, pid } = this.#running
    this.#running = null
    signal(pid, 'SIGKILL')
    // It stopped itself when what it waits for was stopped.
    signal(entering.pid, 'SIGCONT')
    await gone(entering)
  }

  /** Only while nobody else stops, kills or starts it. */
  freeze(): () => void {
    const running = this.#running
    if (running === null) return () => undefined
    signal(running.pid, 'SIGSTOP')
    return () => {
      if (this.#running !== running) return
      signal(running.pid, 'SIGCONT')
      signal(running.entering.pid, 'SIGCONT')
    }
  }

  partition(direction: Direction): Promise<void> {
    return this.#filter(direction, 'drop')
  }

  drop(percent: number): Promise<void> {
    return this.#filter('both', `numgen random mod 100 < ${percent} drop`)
  }

  async #filter(direction: Direction, verdict: string): Promise<void> {
    // On a busy host it may boot for longer than was planned.
    await this.#on.promise
    const hooks = direction === 'both' ? ['input', 'output'] : [direction === 'in' ? 'input' : 'output']
    const chains = hooks.map((hook) => {
      const device = hook === 'input' ? 'iifname' : 'oifname'
      return `chain ${hook} {\ntype filter hook ${hook} priority 0\n${device} "eth0" ${verdict}\n}\n`
    })
    await this.#inside('--net', ['nft', `table inet ${TABLE} {\n${chains.join('')}}`])
  }

  async unfilter(): Promise<void> {
    await this.#inside('--net', ['nft', 'delete', 'table', 'inet', TABLE])
  }

  async #inside(namespace: string, argv: readonly string[]): Promise<void> {
    await run('nsenter', ['--target', `${this.#init}`, namespace, '--', ...argv])
  }

  get #init(): number {
    if (this.#held === null) throw new Error(`${this.name} is off`)
    return this.#held.init
  }
}

function signal(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(pid, name)
  } catch {
    // It is gone already.
  }
}

async function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

function childOf(pid: number | undefined): number | null {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? null : Number(children.split(' ')[0])
  } catch {
    return null
  }
}
