import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalFleet, until } from '../demo/fleet.ts'
import { services } from '../shared/wire/load.ts'
import { cpuMilliseconds, memory, note, numberArgument, print } from './lib/figures.ts'

/**
 * What an agent costs its machine: processor time and bytes per sample, memory; beside node_exporter where it is
 * installed. The real binary, sampling once a second because somebody watches.
 */
const sampleCount = numberArgument('samples', 120)
const PEER = 'prometheus-node-exporter'
const PEER_PORT = 19_100

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const fleet = new LocalFleet(directory)
try {
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve')
  fleet.startAgent('one', 1, stdout.trim())
  const available = async () => (await fleet.json('machines', 'list', '--state', 'available')).length === 1
  await until('the machine is available', available)
  const peer = await measurePeer()
  await measureAgent(fleet.pid('one'), peer)
} finally {
  await fleet.stop()
  rmSync(directory, { recursive: true, force: true })
}

type Peer = { readonly cpu: number; readonly bytes: number; readonly resident: number } | undefined

async function measureAgent(pid: number, peer: Peer): Promise<void> {
  note(`${sampleCount} samples, one a second`)
  const { bytes, cpu } = await watchSamples(pid)
  const { resident, private: own } = memory(pid)
  const against = (value: number, theirs: number | undefined) =>
    theirs === undefined ? {} : { peer: 'node_exporter', ratio: Number((value / theirs).toPrecision(3)) }
  print({ bench: 'tax', metric: 'cpu_ms_per_sample', value: cpu, unit: 'ms', ...against(cpu, peer?.cpu) })
  print({ bench: 'tax', metric: 'bytes_per_sample', value: bytes, unit: 'B', ...against(bytes, peer?.bytes) })
  const megabytes = resident / 1e6
  const peerMegabytes = peer === undefined ? undefined : peer.resident / 1e6
  print({ bench: 'tax', metric: 'resident_mb', value: megabytes, unit: 'MB', ...against(megabytes, peerMegabytes) })
  print({ bench: 'tax', metric: 'private_mb', value: own / 1e6, unit: 'MB' })
}

/** Follows the live stream; what a sample takes is what it takes on the wire, as the agent encodes it. */
async function watchSamples(pid: number): Promise<{ readonly bytes: number; readonly cpu: number }> {
  const [machine] = await fleet.json('machines', 'list')
  const child = fleet.spawn('top', '-o', 'json', '--follow')
  const samples: number[] = []
  let before = 0
  let last = 0
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
        if (samples.length === 0) before = cpuMilliseconds(pid)
        last = cpuMilliseconds(pid)
        samples.push(encodedLength(values))
        if (samples.length > sampleCount) resolve()
      }
    })
  })
  child.kill('SIGTERM')
  if (machine === undefined) throw new Error('no machine')
  return { bytes: samples.at(-1) ?? 0, cpu: (last - before) / (samples.length - 1) }
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
async function measurePeer(): Promise<Peer> {
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
    const before = cpuMilliseconds(pid)
    let bytes = 0
    for (let count = 0; count < sampleCount; count += 1) bytes = await scrape()
    return { cpu: (cpuMilliseconds(pid) - before) / sampleCount, bytes, resident: memory(pid).resident }
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
