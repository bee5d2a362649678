import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { get as secureGet } from 'node:https'
import { type Socket, connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type Content, FileContent, TextContent } from '../../../coordinator/boot/content.ts'
import {
  type BootLimits,
  type BootListenOptions,
  type BootListener,
  listenForBoots,
} from '../../../coordinator/boot/listener.ts'
import { Pace } from '../../../coordinator/boot/pace.ts'
import { type Rates, Transfers } from '../../../coordinator/boot/transfers.ts'
import { spanOf } from '../../../coordinator/boot/range.ts'
import { systemClock } from '../../../shared/clock.ts'
import { milliseconds } from '../../../shared/model/time.ts'
import { directory } from '../../cli/fixture.ts'
import { must } from '../../fixtures.ts'
import { SERVER, lab } from '../../shared/lab.ts'

const SIZE = 8 * 1024 * 1024
const AGENT = '/agent/x64/billet-agent'
const MiB = 1024 * 1024

type Limits = BootLimits & { readonly rates: Rates; readonly stallMs: number }

const LIMITS: Limits = {
  rates: { all: 1024 * MiB, address: 1024 * MiB },
  connectionsMax: 100,
  connectionsPerAddressMax: 50,
  headersMs: 10_000,
  stallMs: 30_000,
}

type Other = { readonly fault?: string; readonly tls?: BootListenOptions['tls'] }
type Served = { readonly listener: BootListener; readonly agent: Buffer; readonly transfers: Transfers }

/** A listener that serves a script and a large file. */
async function serve(t: ExecutionContext, changed: Partial<Limits> = {}, { fault, tls }: Other = {}) {
  const limits = { ...LIMITS, ...changed }
  const transfers = new Transfers(limits.rates, systemClock, limits.stallMs)
  const agent = randomBytes(SIZE)
  const path = join(directory(t), 'agent')
  writeFileSync(path, agent)
  const content = must(await FileContent.open(path))
  const table = new Map<string, Content>([
    ['/install.sh', new TextContent('#!/bin/sh\n', 'text/x-shellscript')],
    [AGENT, content],
  ])
  const listener = must(
    await listenForBoots(
      { host: '127.0.0.1', port: 0 },
      {
        limits,
        tls: tls ?? null,
        served: async () => ({ table: fault === undefined ? table : new Map(), fault: fault ?? null }),
        transfers,
        onBug: (error) => t.fail(String(error)),
      },
    ),
  )
  t.teardown(async () => {
    await listener.close()
    content.release()
  })
  return { listener, agent, transfers } satisfies Served
}

type Asked = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string }

function ask({ listener }: Served, path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: listener.port, path, method, headers, agent: false }, resolve)
    asked.once('error', reject).end(body)
  })
}

async function bytesOf(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of answer) if (Buffer.isBuffer(piece)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** Sends what no client would, and gives what came back until the connection ended. */
async function raw({ listener }: Served, sent: string): Promise<string> {
  const socket = connect(listener.port, '127.0.0.1')
  socket.setEncoding('latin1')
  socket.write(sent)
  return text(socket)
}

test('a file comes whole, with its digest as its tag, and not again to whom has it', async (t) => {
  const served = await serve(t)
  const answer = await ask(served, AGENT)
  t.is(answer.statusCode, 200)
  t.true(served.agent.equals(await bytesOf(answer)))
  const tag = `"sha256:${createHash('sha256').update(served.agent).digest('hex')}"`
  t.is(answer.headers.etag, tag)
  t.is(answer.headers['content-length'], `${SIZE}`)
  for (const known of [tag, `"other", W/${tag}`, '*']) {
    const again = await ask(served, AGENT, { headers: { 'if-none-match': known } })
    t.is(again.statusCode, 304, known)
    t.is((await bytesOf(again)).length, 0)
  }
  t.is((await ask(served, AGENT, { headers: { 'if-none-match': '"other"' } })).statusCode, 200)
})

test('HEAD says as much as GET and sends nothing', async (t) => {
  const served = await serve(t)
  const answer = await ask(served, AGENT, { method: 'HEAD', headers: { range: 'bytes=0-9' } })
  t.is(answer.statusCode, 200)
  t.is(answer.headers['content-length'], `${SIZE}`)
  t.is((await bytesOf(answer)).length, 0)
})

test('a part of a file comes to whom asks for it, as long as the file is the same', async (t) => {
  const served = await serve(t)
  const tag = String((await ask(served, AGENT, { method: 'HEAD' })).headers.etag)
  for (const [range, from, to] of [
    ['bytes=0-0', 0, 0],
    ['bytes=70000-199999', 70_000, 199_999],
    [`bytes=${SIZE - 3}-`, SIZE - 3, SIZE - 1],
    ['bytes=-5', SIZE - 5, SIZE - 1],
    [`bytes=100-${SIZE * 2}`, 100, SIZE - 1],
  ] as const) {
    const answer = await ask(served, AGENT, { headers: { range, 'if-range': tag } })
    t.is(answer.statusCode, 206, range)
    t.is(answer.headers['content-range'], `bytes ${from}-${to}/${SIZE}`)
    t.true(served.agent.subarray(from, to + 1).equals(await bytesOf(answer)))
  }
  const other = await ask(served, AGENT, { headers: { range: 'bytes=5-', 'if-range': '"sha256:other"' } })
  t.is(other.statusCode, 200)
  t.is((await bytesOf(other)).length, SIZE)
  const beyond = await ask(served, AGENT, { headers: { range: `bytes=${SIZE}-` } })
  t.is(beyond.statusCode, 416)
  t.is(beyond.headers['content-range'], `bytes */${SIZE}`)
})

test('a range that cannot be read, or is more than one, is left aside', (t) => {
  for (const header of [
    undefined,
    '',
    'bytes=-',
    'bytes=5-4',
    'bytes=0-1,3-4',
    'lines=0-1',
    'bytes=a-b',
    'bytes=--1',
  ]) {
    t.is(spanOf(header, 10), null, header)
  }
  t.is(spanOf('bytes=-0', 10), 'unsatisfiable')
  t.is(spanOf('bytes=0-', 0), 'unsatisfiable')
  t.is(spanOf(`bytes=${'9'.repeat(15)}-`, 10), 'unsatisfiable')
  t.is(spanOf(`bytes=0-${'9'.repeat(40)}`, 10), null)
})

test('nothing else is there, however it is asked for', async (t) => {
  const served = await serve(t)
  const paths = [
    '/',
    '/agent/',
    '/agent/x64',
    `${AGENT}/`,
    `${AGENT}?`,
    '/INSTALL.SH',
    '//install.sh',
    '/./install.sh',
    '/agent/../install.sh',
    '/../../../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/install.sh%00',
    '/%69nstall.sh',
    String.raw`/..\..\etc\passwd`,
    '/agent/x64/../../identity/ca.key',
    '/identity/ca.key',
    '/agent/upgrade.pub',
    '/__proto__',
    'http://elsewhere.example/install.sh',
    'install.sh',
    '*',
  ]
  for (const path of paths) {
    const answer = await raw(served, `GET ${path} HTTP/1.1\r\nHost: boot\r\n\r\n`)
    t.regex(answer, /^HTTP\/1\.1 40[04] /, path)
    t.false(/root:|BEGIN|#!/.test(answer), path)
  }
})

test('nothing but GET and HEAD is answered, and no body is taken', async (t) => {
  const served = await serve(t)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
    const answer = await ask(served, '/install.sh', { method })
    t.is(answer.statusCode, 405, method)
    t.is(answer.headers.allow, 'GET, HEAD')
  }
  t.is((await ask(served, '/install.sh', { body: 'x' })).statusCode, 400)
  t.is(await raw(served, 'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: elsewhere.example:443\r\n\r\n'), '')
  t.regex(await raw(served, `GET / HTTP/1.1\r\nHost: boot\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
  t.regex(await raw(served, 'no words of HTTP\r\n\r\n'), /^HTTP\/1\.1 400 /)
})

test('where there are no agents, what needs them says why and asks for patience', async (t) => {
  const served = await serve(t, {}, { fault: 'manifest.json is not there' })
  const answer = await ask(served, '/install.sh')
  t.is(answer.statusCode, 503)
  t.is(answer.headers['retry-after'], '10')
  t.regex((await bytesOf(answer)).toString(), /no agents to install here: manifest.json is not there/)
  t.is((await ask(served, '/other')).statusCode, 404)
})

/** A client that asks for the file and takes nothing of it. */
function deaf(t: ExecutionContext, { listener }: Served): Socket {
  const socket = connect({ port: listener.port, host: '127.0.0.1' })
  socket.pause()
  socket.on('error', () => undefined)
  socket.write(`GET ${AGENT} HTTP/1.1\r\nHost: boot\r\n\r\n`)
  t.teardown(() => socket.destroy())
  return socket
}

const connected = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('connect', resolve))

/** Asks until there is a place for one more connection. */
async function untilTaken(served: Served): Promise<void> {
  for (;;) {
    const answer = await ask(served, '/install.sh').catch(() => null)
    if (answer?.statusCode === 200) return
    await sleep(20)
  }
}

test('those who take nothing hold up nobody', async (t) => {
  const served = await serve(t)
  for (let index = 0; index < 40; index++) deaf(t, served)
  t.true(served.agent.equals(await bytesOf(await ask(served, AGENT))))
})

test('who takes nothing is let go', async (t) => {
  const served = await serve(t, { stallMs: 300, connectionsPerAddressMax: 2 })
  await Promise.all([connected(deaf(t, served)), connected(deaf(t, served))])
  await t.throwsAsync(ask(served, '/install.sh'))
  await untilTaken(served)
  t.pass()
})

test('who says nothing, or not all of it, is let go', async (t) => {
  const served = await serve(t, { headersMs: 300 })
  t.regex(await raw(served, 'GET /install.sh HTTP/1.1\r\nHost'), /^(?:HTTP\/1\.1 408 |$)/)
  t.regex(await raw(served, ''), /^(?:HTTP\/1\.1 408 |$)/)
})

test('one address has so many connections, and a new one when one of them ended', async (t) => {
  const served = await serve(t, { connectionsPerAddressMax: 2 })
  const held = [deaf(t, served), deaf(t, served)]
  await Promise.all(held.map(connected))
  await t.throwsAsync(ask(served, '/install.sh'))
  for (const socket of held) socket.destroy()
  await untilTaken(served)
  t.pass()
})

test('what was sent is counted, and what was not taken to its end', async (t) => {
  const served = await serve(t)
  t.deepEqual(served.transfers.counts(), { transfers: 0, sentBytes: 0, cutOff: 0 })
  await bytesOf(await ask(served, AGENT, { headers: { range: 'bytes=0-999' } }))
  t.deepEqual(served.transfers.counts(), { transfers: 0, sentBytes: 1000, cutOff: 0 })
  const socket = deaf(t, served)
  while (served.transfers.counts().transfers === 0) await sleep(5)
  socket.destroy()
  while (served.transfers.counts().transfers > 0) await sleep(5)
  t.is(served.transfers.counts().cutOff, 1)
})

test('over TLS, the same', async (t) => {
  const site = await lab()
  const served = await serve(t, {}, { tls: await site.sign(SERVER) })
  const { listener } = served
  const where = { host: '127.0.0.1', port: listener.port, path: AGENT, ca: site.certificate, agent: false }
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    secureGet({ ...where, checkServerIdentity: () => undefined }, resolve).once('error', reject)
  })
  t.is(answer.statusCode, 200)
  t.true(served.agent.equals(await bytesOf(answer)))
  await t.throwsAsync(ask(served, '/install.sh'), undefined, 'without TLS')
})

test('a rate is kept, and shared by those who ask in turn', async (t) => {
  const pace = new Pace(1000)
  const wait = (bytes: number, at: number): number => pace.take(bytes, milliseconds(at))
  const at = 1_000_000
  // What was not used in time is made up for in part: 50 ms.
  t.is(wait(100, at), 0)
  t.is(wait(100, at), 50)
  t.is(wait(100, at), 150)
  t.is(wait(100, at + 250), 0)
  t.is(wait(100, at + 10_000), 0)
  t.is(wait(100, at + 10_000), 50)
  const served = await serve(t, { rates: { all: 1024 * MiB, address: 16 * MiB } })
  const began = systemClock.monotonic()
  t.is((await bytesOf(await ask(served, AGENT))).length, SIZE)
  t.true(systemClock.monotonic() - began > 400)
})
