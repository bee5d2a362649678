/**
 * What an agent costs its machine: processor time and bytes per sample, memory, wake-ups, processes, disk writes, and
 * how much slower other work becomes; beside node_exporter where it is installed. The real binary, at one beat a
 * second. Both are measured at once, when they have settled: what a start takes is taken once in weeks.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { LocalFleet, until } from '../demo/fleet.ts'
import { type Memory, memory, note, numberArgument, print } from './lib/figures.ts'
import { type Cost, costOf } from './lib/process_cost.ts'
import { slowdown } from './lib/slowdown.ts'

const sampleCount = numberArgument('samples', 120)
const settling = numberArgument('settle', 20)
/** Pairs of spans for each workload; none where it is 0. */
const pairs = numberArgument('pairs', 100)
const SPAN_MS = 1000
/** What each workload tells of, in order. */
const TOLD = { throughput: ['throughput'], latency: ['latency', 'tail_latency'] } as const
const PEER = 'prometheus-node-exporter'
const PEER_PORT = 19_100
const AGENT = join(import.meta.dirname, '..', 'dist', 'billet-agent')

// As a service has it. With these, Node would load authorities that a shell's owner added.
for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR']) delete process.env[name]

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const fleet = new LocalFleet(directory)
const peer = await startPeer()
try {
  readAnew(AGENT)
  await fleet.startCoordinator(['--sample-interval=1s'])
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve')
  fleet.startAgent('one', 1, stdout.trim())
  const available = async () => (await fleet.json('machines', 'list', '--state', 'available')).length === 1
  await until('the machine is available', available)
  await measure(fleet.pid('one'))
  peer?.child.kill('SIGTERM')
  if (pairs > 0) await measureSlowdown(fleet.pid('one'))
} finally {
  peer?.child.kill('SIGTERM')
  await fleet.stop()
  rmSync(directory, { recursive: true, force: true })
}

/**
 * Lets the kernel forget the file, as a boot does. Of a file that was just written it keeps large pieces, and maps
 * each as a whole when any of it is used: pages that nobody ever touched would count as the program's.
 */
function readAnew(path: string): void {
  const { status } = spawnSync('dd', [`of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'])
  if (status !== 0) note(`${path} stays in the page cache: resident memory may be up to 30 MB more`)
}

type Taken = { readonly cpu: number; readonly bytes: number; readonly wakeUps: number; readonly memory: Memory }

async function measure(pid: number): Promise<void> {
  note(`${settling} samples to settle, then ${sampleCount}, one a second`)
  await pace(settling)
  const before = costOf(pid)
  const peerBefore = peer === undefined ? undefined : costOf(peer.pid)
  const from = performance.now()
  const bytes = await pace(sampleCount)
  const spent = (performance.now() - from) / 1000
  const after = costOf(pid)
  // A beat a second: so many seconds, so many samples.
  const ours = taken(before, after, spent, memory(pid))
  const theirs =
    peer === undefined || peerBefore === undefined
      ? undefined
      : { ...taken(peerBefore, costOf(peer.pid), sampleCount, memory(peer.pid)), bytes }
  tell(ours, theirs)
  const perHour = (count: number): number => (count * 3600) / spent
  const spawned = Math.max(after.children - before.children, after.childFaults > before.childFaults ? 1 : 0)
  print({ bench: 'tax', metric: 'processes_per_hour', value: perHour(spawned), unit: '1/h' })
  print({
    bench: 'tax',
    metric: 'disk_writes_per_hour',
    value: perHour(after.diskBytes - before.diskBytes),
    unit: 'B/h',
  })
}

function taken(before: Cost, after: Cost, samples: number, memoryNow: Memory): Taken {
  return {
    cpu: (after.cpuMs - before.cpuMs) / samples,
    // All that it wrote to its connection, encryption and heartbeats included; its log is quiet by now.
    bytes: (after.bytesWritten - before.bytesWritten) / samples,
    wakeUps: (after.wakeUps - before.wakeUps) / samples,
    memory: memoryNow,
  }
}

function tell(ours: Taken, theirs: Taken | undefined): void {
  const figure = (metric: string, unit: string, of: (taken: Taken) => number): void => {
    const against =
      theirs === undefined ? {} : { peer: 'node_exporter', ratio: Number((of(ours) / of(theirs)).toPrecision(3)) }
    print({ bench: 'tax', metric, value: of(ours), unit, ...against })
  }
  figure('cpu_ms_per_sample', 'ms', ({ cpu }) => cpu)
  figure('bytes_per_sample', 'B', ({ bytes }) => bytes)
  figure('resident_mb', 'MB', ({ memory: { resident } }) => resident / 1e6)
  figure('unique_mb', 'MB', ({ memory: { unique } }) => unique / 1e6)
  figure('private_mb', 'MB', ({ memory: { private: own } }) => own / 1e6)
  figure('wakeups_per_second', '1/s', ({ wakeUps }) => wakeUps)
  if (theirs === undefined) return
  const told = `${theirs.cpu.toPrecision(3)} ms and ${theirs.bytes} bytes a scrape`
  note(`${PEER}: ${told}, ${theirs.wakeUps.toFixed(1)} wake-ups, ${JSON.stringify(theirs.memory)} bytes of memory`)
  print({ bench: 'tax', metric: 'cpu_ratio', value: ours.cpu / theirs.cpu, unit: 'ratio', peer: 'node_exporter' })
  print({ bench: 'tax', metric: 'bytes_ratio', value: ours.bytes / theirs.bytes, unit: 'ratio', peer: 'node_exporter' })
}

async function measureSlowdown(pid: number): Promise<void> {
  for (const workload of ['throughput', 'latency'] as const) {
    note(`${workload}: ${pairs} pairs of ${SPAN_MS / 1000} s, the agent stopped in one half of each`)
    const found = await slowdown({ workload, pid, pairs, spanMs: SPAN_MS })
    for (const [index, { percent, low, high }] of found.entries()) {
      const metric = `slowdown_percent_${TOLD[workload][index] ?? index}`
      const rounded = { low: Number(low.toPrecision(3)), high: Number(high.toPrecision(3)) }
      print({ bench: 'tax', metric, value: percent, unit: '%', ...rounded })
    }
  }
}

/** Waits for so many seconds, and scrapes the peer once in each. How many bytes a scrape was. */
async function pace(seconds: number): Promise<number> {
  let bytes = 0
  for (let count = 0; count < seconds; count += 1) {
    const second = sleep(1000)
    if (peer !== undefined) bytes = await scrape()
    await second
  }
  return bytes
}

/** node_exporter with its default collectors, scraped on loopback; undefined where it is not installed. */
async function startPeer(): Promise<{ readonly child: ChildProcess; readonly pid: number } | undefined> {
  const child = spawn(PEER, [`--web.listen-address=127.0.0.1:${PEER_PORT}`], { stdio: 'ignore' })
  const missing = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true))
    child.once('spawn', () => resolve(false))
  })
  const { pid } = child
  if (missing || pid === undefined) {
    note(`${PEER} is not installed (Debian's package of that name): no peer is measured`)
    return undefined
  }
  await until('the peer answers', async () => (await scrape()) > 0)
  return { child, pid }
}

function scrape(): Promise<number> {
  return new Promise((resolve, reject) => {
    get(`http://127.0.0.1:${PEER_PORT}/metrics`, (response) => {
      let length = 0
      response.on('data', (data: Buffer) => {
        length += data.length
      })
      response.on('end', () => resolve(length))
    }).on('error', reject)
  })
}
