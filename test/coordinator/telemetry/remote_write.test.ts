import process from 'node:process'
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import protobuf from 'protobufjs'
import { uncompress } from 'snappyjs'
import { Backlog } from '../../../coordinator/telemetry/remote_write/backlog.ts'
import { RemoteWriteSender } from '../../../coordinator/telemetry/remote_write/sender.ts'
import { targetOf } from '../../../coordinator/telemetry/remote_write/target.ts'
import { type WrittenSeries, WriteRequestWriter } from '../../../coordinator/telemetry/remote_write/write_request.ts'
import { TelemetryRings } from '../../../coordinator/telemetry/rings.ts'
import { systemClock } from '../../../shared/clock.ts'
import { silentLogger } from '../../../shared/log.ts'
import { type MachineId, idSource } from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import { instant } from '../../../shared/model/time.ts'
import { directory } from '../../cli/fixture.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'
import { must, tenant } from '../../fixtures.ts'

const generator = random(21)
const ids = idSource((length) => generator.bytes(length))

const { root } = protobuf.parse(`syntax = "proto3"; package prometheus;
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }`)
const WriteRequest = root.lookupType('prometheus.WriteRequest')

/** Series as a receiver reads them: labels as one text, and the samples. */
function read(bytes: Uint8Array): readonly { readonly labels: string; readonly samples: readonly number[][] }[] {
  const message: unknown = WriteRequest.toObject(WriteRequest.decode(bytes), {
    longs: Number,
    arrays: true,
    defaults: true,
  })
  return listAt(message, 'timeseries').map((series) => ({
    labels: listAt(series, 'labels')
      .map((label) => `${textAt(label, 'name')}=${textAt(label, 'value')}`)
      .join(','),
    samples: listAt(series, 'samples').map((sample) => [Number(at(sample, 'timestamp')), Number(at(sample, 'value'))]),
  }))
}

const at = (value: unknown, key: string): unknown => new Map(Object.entries(value ?? {})).get(key)
const textAt = (value: unknown, key: string): string => String(at(value, key))
function listAt(value: unknown, key: string): readonly unknown[] {
  const found = at(value, key)
  return Array.isArray(found) ? found : []
}

test('requests are what any decoder of the protocol reads, with labels sorted', (t) => {
  const series = fc.record({
    labels: fc.uniqueArray(fc.tuple(fc.string({ maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 300 })), {
      selector: ([name]) => name,
      maxLength: 6,
    }),
    samples: fc.array(fc.record({ at: fc.integer({ min: 0, max: 4e12 }), value: fc.double({ noNaN: true }) }), {
      maxLength: 5,
    }),
  })
  const writer = new WriteRequestWriter()
  fc.assert(
    fc.property(fc.array(series, { maxLength: 5 }), (all: readonly WrittenSeries[]) => {
      for (const one of all) writer.add(one)
      const expected = all.map(({ labels, samples }) => ({
        labels: labels
          .toSorted(([one], [other]) => (one < other ? -1 : 1))
          .map(([name, value]) => `${name}=${value}`)
          .join(','),
        samples: samples.map((sample) => [sample.at, sample.value]),
      }))
      t.is(
        writer.samples,
        all.reduce((sum, { samples }) => sum + samples.length, 0),
      )
      t.deepEqual(read(writer.take()), expected)
      t.is(writer.length, 0)
    }),
    { numRuns: 300 },
  )
})

type Received = { readonly headers: IncomingHttpHeaders; readonly series: ReturnType<typeof read> }

/** A receiver that answers as it is told, and 204 otherwise. */
class Receiver {
  readonly received: Received[] = []
  readonly server: Server
  answers: { readonly status: number; readonly retryAfter?: string }[] = []
  #waiting: (() => void)[] = []

  constructor(t: ExecutionContext) {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (data: Buffer) => chunks.push(data))
      request.on('end', () => {
        this.received.push({ headers: request.headers, series: read(uncompress(Buffer.concat(chunks))) })
        const { status, retryAfter } = this.answers.shift() ?? { status: 204 }
        response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('because')
        for (const resume of this.#waiting.splice(0)) resume()
      })
    })
    t.teardown(() => {
      this.server.closeAllConnections()
      this.server.close()
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    const address = this.server.address()
    return typeof address === 'object' ? `http://127.0.0.1:${address?.port}/api/v1/write` : ''
  }

  async request(number: number): Promise<Received> {
    for (;;) {
      const found = this.received[number]
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}

const METRICS: readonly Metric[] = [
  { name: 'node_load1', unit: '', labels: {}, kind: 'gauge' },
  { name: 'node_procs_running', unit: '', labels: { rack: 'own' }, kind: 'gauge' },
  { name: 'node_boot_time_seconds', unit: '', labels: {}, kind: 'gauge' },
]

class Rig {
  readonly rings: TelemetryRings
  readonly machine: MachineId = ids.machine()
  readonly backlog: Backlog
  #holder: ReturnType<typeof ids.placement> | null = null

  constructor(samplesPerMachine = 100) {
    this.rings = new TelemetryRings({ samplesPerMachine, onDemand: () => {}, holderOf: () => this.#holder })
    this.rings.schema(this.machine, { id: 1, metrics: METRICS })
    this.backlog = new Backlog({
      rings: this.rings,
      machine: (id) => ({
        id,
        hostname: 'one',
        hardwareClass: 'large',
        tenant: this.#holder === null ? null : tenant('red'),
        labels: { rack: 'r1' },
        holder: null,
      }),
      names: ['node_load*', 'node_procs_*'],
      levels: ['site', 'rack'],
    })
  }

  hold(): void {
    this.#holder = ids.placement()
    this.rings.holderChanged(this.machine)
  }

  sample(...times: readonly number[]): void {
    for (const time of times) {
      const values = Float64Array.of(time, time % 2 === 0 ? time : Number.NaN, 1)
      this.rings.sample(this.machine, { schemaId: 1, at: instant(1_700_000_000_000 + time), values })
    }
  }

  sender(t: ExecutionContext, url: string, more: { readonly authorizationFile?: string } = {}): RemoteWriteSender {
    const target = must(targetOf({ url, caFile: '', certificateFile: '', keyFile: '', authorizationFile: '', ...more }))
    const { backlog } = this
    const options = { target, backlog, everyMs: 5, clock: systemClock, log: silentLogger, draw: () => 0 }
    const sender = new RemoteWriteSender(options)
    t.teardown(() => sender.close())
    return sender
  }
}

/** Samples of one name in a request, as milliseconds after the first. */
const timesOf = ({ series }: Received, name: string): readonly number[] =>
  series.flatMap(({ labels, samples }) =>
    labels.includes(`__name__=${name},`) ? samples.map(([time = 0]) => time - 1_700_000_000_000) : [],
  )

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

test('samples are sent once, in order, with what the machine is and whose it was', async (t) => {
  const receiver = new Receiver(t)
  const rig = new Rig()
  rig.sample(1, 2)
  rig.hold()
  rig.sample(3, 4)
  const file = join(directory(t), 'authorization')
  writeFileSync(file, 'Bearer secret\n', { mode: 0o600 })
  const sender = rig.sender(t, await receiver.listen(), { authorizationFile: file })
  const { headers, series } = await receiver.request(0)
  t.like(headers, {
    authorization: 'Bearer secret',
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
    'x-prometheus-remote-write-version': '0.1.0',
  })
  const common = `hardware_class=large,hostname=one,machine=${rig.machine},rack=r1`
  t.deepEqual(
    series.map(({ labels, samples }) => [labels, samples.map(([, value]) => value)]),
    [
      [`__name__=node_load1,${common}`, [1, 2]],
      [`__name__=node_procs_running,exported_rack=own,${common}`, [2]],
      [`__name__=node_load1,${common},tenant=red`, [3, 4]],
      [`__name__=node_procs_running,exported_rack=own,${common},tenant=red`, [4]],
    ],
  )
  rig.sample(5)
  t.deepEqual(timesOf(await receiver.request(1), 'node_load1'), [5])
  await until(() => sender.sent === 7)
  t.like(sender, { sent: 7, refused: 0, failed: 0, dropped: 0 })
})

test('what is not taken is tried again; what is refused is dropped; what the rings let go of is counted', async (t) => {
  const receiver = new Receiver(t)
  const rig = new Rig(4)
  receiver.answers = [{ status: 500 }, { status: 429, retryAfter: '1' }, { status: 204 }, { status: 400 }]
  rig.sample(1, 2)
  const sender = rig.sender(t, await receiver.listen())
  await receiver.request(0)
  // While nothing is taken, the rings go on, and keep four.
  rig.sample(3, 4, 5, 6, 7, 8)
  t.is(sender.waiting, 6)
  for (const number of [0, 1, 2]) t.deepEqual(timesOf(await receiver.request(number), 'node_load1'), [1, 2])
  t.deepEqual(timesOf(await receiver.request(3), 'node_load1'), [5, 6, 7, 8])
  rig.sample(9)
  t.deepEqual(timesOf(await receiver.request(4), 'node_load1'), [9])
  await until(() => sender.sent === 4)
  t.like(sender, { sent: 4, refused: 6, failed: 3, dropped: 2 })
})

test('what happens to a machine while its samples are held back counts: what goes, and who holds it', (t) => {
  const rig = new Rig(400)
  const times = Array.from({ length: 400 }, (_, index) => index)
  rig.sample(...times)
  const writer = new WriteRequestWriter()
  const writing = rig.backlog.write(writer)
  writing.next()
  const rows = read(writer.take()).find(({ labels }) => labels.includes('__name__=node_load1,'))?.samples.length ?? 0
  t.true(rows > 0 && rows < 400)
  // Nothing is taken for so long that the ring goes round, and the machine is held by somebody meanwhile.
  rig.hold()
  rig.sample(...times.map((time) => 400 + time))
  while (writing.next().done !== true);
  t.is(rig.backlog.dropped, 400 - rows)
  t.is(rig.backlog.waiting, 0)
  const later = read(writer.take()).filter(({ labels }) => labels.includes('__name__=node_load1,'))
  t.is(
    later.reduce((sum, { samples }) => sum + samples.length, 0),
    400,
  )
  t.true(later.every(({ labels }) => labels.endsWith(',tenant=red')))
})

test('options that would show a secret, or are none, are refused by name', (t) => {
  const none = { caFile: '', certificateFile: '', keyFile: '', authorizationFile: '' }
  const fault = (url: string, more: object = {}) => {
    const target = targetOf({ url, ...none, ...more })
    return target.ok ? 'taken' : target.error
  }
  const file = join(directory(t), 'authorization')
  writeFileSync(file, 'Bearer secret', { mode: 0o600 })
  t.is(fault('http://localhost/api/v1/write', { authorizationFile: file }), 'taken')
  t.is(fault('http://[::1]:9090/', { authorizationFile: file }), 'taken')
  t.regex(fault('http://[2001:db8::1]/', { authorizationFile: file }), /^remote_write_url: expected https/)
  t.regex(fault('http://10.0.0.1/', { authorizationFile: file }), /^remote_write_url: expected https/)
  t.regex(fault('ftp://localhost/'), /^remote_write_url: expected an address/)
  t.regex(fault('nonsense'), /^remote_write_url: expected an address/)
  t.regex(fault(['https:', '', 'me:secret@localhost', ''].join('/')), /expected no password/)
  t.regex(fault('https://localhost/', { keyFile: file }), /expected both or none/)
  t.regex(fault('https://localhost/', { caFile: '/nonexistent' }), /^remote_write_ca_file: .*ENOENT/)
  t.regex(
    fault('https://localhost/', { authorizationFile: '/nonexistent' }),
    /^remote_write_authorization_file: .*ENOENT/,
  )
  writeFileSync(`${file}.open`, 'Bearer secret', { mode: 0o644 })
  t.regex(fault('https://localhost/', { authorizationFile: `${file}.open` }), /can be read by others/)
  writeFileSync(`${file}.two`, 'secret', { mode: 0o600 })
  t.regex(fault('https://localhost/', { authorizationFile: `${file}.two` }), /expected one line as "Bearer …"/)
})

const withPrometheus = onlyWhere(test, hasProgram('prometheus'), 'prometheus')

/** Started with an empty store; says when it is ready. */
async function prometheus(t: ExecutionContext): Promise<string> {
  const folder = directory(t)
  const port = 20_000 + (process.pid % 20_000)
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n')
  const options = ['--config.file=prometheus.yml', '--storage.tsdb.path=data', '--web.enable-remote-write-receiver']
  const listen = `--web.listen-address=127.0.0.1:${port}`
  const child: ChildProcess = spawn('prometheus', [...options, listen], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const over = new Promise((resolve) => child.once('exit', resolve))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await over
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString()
      if (said.includes('Server is ready to receive web requests')) resolve()
    })
    child.once('exit', () => reject(new Error(said)))
  })
  return `http://127.0.0.1:${port}`
}

withPrometheus('Prometheus itself takes what is sent', async (t) => {
  const where = await prometheus(t)
  const rig = new Rig()
  const now = Date.now()
  rig.hold()
  for (const ago of [20_000, 10_000, 0]) {
    const values = Float64Array.of(ago / 1000, 2, 1)
    rig.rings.sample(rig.machine, { schemaId: 1, at: instant(now - ago), values })
  }
  const sender = rig.sender(t, `${where}/api/v1/write`)
  await until(() => sender.sent === 6)
  const url = new URL(`${where}/api/v1/query`)
  url.searchParams.set('query', 'node_load1{tenant="red",rack="r1",hostname="one"}[1m]')
  url.searchParams.set('time', `${now / 1000}`)
  const answer: unknown = await (await fetch(url)).json()
  const [found] = listAt(at(answer, 'data'), 'result')
  t.deepEqual(
    listAt(found, 'values').map((point) => (Array.isArray(point) ? String(point[1]) : '')),
    ['20', '10', '0'],
  )
  t.like(sender, { sent: 6, refused: 0, failed: 0, dropped: 0 })
})
