import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { LocalFleet, until } from '../demo/fleet.ts'
import { services } from '../shared/wire/load.ts'
import { cpuMilliseconds, memory, note, numberArgument, print } from './lib/figures.ts'

/**
 * What an agent costs its machine: processor time and bytes per sample, memory; beside node_exporter where it is
 * installed. The real binary, sampling once a second because somebody watches. Both are measured once they have
 * settled: what a start takes is taken once in weeks.
 */
const sampleCount = numberArgument('samples', 120)
const settling = numberArgument('settle', 20)
const PEER = 'prometheus-node-exporter'
const PEER_PORT = 19_100
const AGENT = join(import.meta.dirname, '..', 'dist', 'billet-agent')

// As a service has it. With these, Node would load authorities that a shell's owner added.
for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR']) delete process.env[name]

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const fleet = new LocalFleet(directory)
try {
  readAnew(AGENT)
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve')
  fleet.startAgent('one', 1, stdout.trim())
  const available = async () => (await fleet.json('machines', 'list', '--state', 'available')).length === 1
  await until('the machine is available', available)
  await measureAgent(fleet.pid('one'), await measurePeer())
} finally {
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

type Peer = { readonly cpu: number; readonly bytes: number; readonly resident: number; readonly private: number }

async function measureAgent(pid: number, peer: Peer | undefined): Promise<void> {
  note(`${settling} samples to settle, then ${sampleCount}, one a second`)
  const { bytes, cpu } = await watchSamples(pid)
  const { resident, private: own } = memory(pid)
  const figure = (metric: string, unit: string, value: number, theirs: number | undefined): void => {
    const against =
      theirs === undefined ? {} : { peer: 'node_exporter', ratio: Number((value / theirs).toPrecision(3)) }
    print({ bench: 'tax', metric, value, unit, ...against })
  }
  const megabytes = (of: number | undefined) => (of === undefined ? undefined : of / 1e6)
  figure('cpu_ms_per_sample', 'ms', cpu, peer?.cpu)
  figure('bytes_per_sample', 'B', bytes, peer?.bytes)
  figure('resident_mb', 'MB', resident / 1e6, megabytes(peer?.resident))
  figure('private_mb', 'MB', own / 1e6, megabytes(peer?.private))
}

/** Follows the live stream; what a sample takes is what it takes on the wire, as the agent encodes it. */
async function watchSamples(pid: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
  const child = fleet.spawn('top', '-o', 'json', '--follow')
  let seen = 0
  let before = 0
  let last = 0
  let bytes = 0
  await new Promise<void>((resolve, reject) => {
    let text = ''
    child.once('error', reject)
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString()
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const values = valuesOf(line)
        if (values === undefined) continue
        seen += 1
        if (seen === settling) before = cpuMilliseconds(pid)
        last = cpuMilliseconds(pid)
        bytes = encodedLength(values)
        if (seen === settling + sampleCount) resolve()
      }
    })
  })
  child.kill('SIGTERM')
  return { bytes, cpu: (last - before) / sampleCount }
}

function valuesOf(line: string): readonly number[] | undefined {
  const parsed: unknown = JSON.parse(line)
  if (typeof parsed !== 'object' || parsed === null || !('sample' in parsed)) return undefined
  const { sample } = parsed
  if (typeof sample !== 'object' || sample === null || !('values' in sample) || !Array.isArray(sample.values)) {
    return undefined
  }
  return sample.values.map(Number)
}

function encodedLength(values: readonly number[]): number {
  const time = { seconds: Math.floor(Date.now() / 1000), nanos: 0 }
  return services.AgentService.Session.requestSerialize({ sample: { schema_id: 1, time, values: [...values] } }).length
}

/** node_exporter with its default collectors, scraped on loopback; undefined where it is not installed. */
async function measurePeer(): Promise<Peer | undefined> {
  const child: ChildProcess = spawn(PEER, [`--web.listen-address=127.0.0.1:${PEER_PORT}`], { stdio: 'ignore' })
  const missing = await new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(true))
    child.once('spawn', () => resolve(false))
  })
  const { pid } = child
  if (missing || pid === undefined) {
    note(`${PEER} is not installed: no peer is measured`)
    return undefined
  }
  try {
    await until('the peer answers', async () => (await scrape()) > 0)
    let before = 0
    let bytes = 0
    for (let count = 0; count < settling + sampleCount; count += 1) {
      if (count === settling) before = cpuMilliseconds(pid)
      const pace = sleep(1000)
      bytes = await scrape()
      await pace
    }
    const cpu = (cpuMilliseconds(pid) - before) / sampleCount
    note(
      `${PEER}: ${cpu.toPrecision(3)} ms and ${bytes} bytes a scrape, ${JSON.stringify(memory(pid))} bytes of memory`,
    )
    return { cpu, bytes, ...memory(pid) }
  } finally {
    child.kill('SIGTERM')
  }
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
