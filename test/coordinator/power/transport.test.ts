import { X509Certificate } from 'node:crypto'
import { type Server, createServer } from 'node:https'
import type { RequestListener } from 'node:http'
import { type Server as BareServer, type Socket, createServer as createBareServer } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { type Request, Transport } from '../../../coordinator/power/transport.ts'
import type { BmcTrust } from '../../../shared/model/power.ts'
import { lab } from '../../shared/lab.ts'

const signer = await lab()
const credential = await signer.sign({ commonName: 'bmc', uris: [], hosts: ['localhost'], usage: 'server' })
const sha256 = new X509Certificate(credential.certificate).fingerprint256.replaceAll(':', '').toLowerCase()
const pinned: BmcTrust = { kind: 'fingerprint', sha256 }

async function serve(t: ExecutionContext, listener: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server: Server = createServer({ cert: credential.certificate, key: credential.key }, listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function ask(t: ExecutionContext, url: string, more: Partial<Request> = {}, trust = pinned) {
  const transport = new Transport(url, trust)
  t.teardown(() => transport.close())
  const signal = new AbortController().signal
  return transport.exchange({ method: 'GET', path: '/x', headers: {}, body: null, timeoutMs: 5000, signal, ...more })
}

test('an answer with what is looked at of it, by name and by address', async (t) => {
  const headers = { etag: '"1"', location: '/s', 'x-auth-token': 't', 'retry-after': '3', 'x-other': 'y' }
  const listener: RequestListener = (_, response) => void response.writeHead(201, headers).end('{"a":"ä"}')
  const expected = {
    kind: 'answered',
    status: 201,
    headers: { etag: '"1"', location: '/s', token: 't', retryAfter: '3' },
    body: '{"a":"ä"}',
  } as const
  const port = await serve(t, listener)
  t.deepEqual(await ask(t, `https://localhost:${port}`), expected)
  t.deepEqual(await ask(t, `https://127.0.0.1:${port}`), expected)
  t.deepEqual(await ask(t, `https://localhost:${port}`, {}, { kind: 'authority', pem: signer.certificate }), expected)
  const six = await serve(t, listener, '::1')
  t.deepEqual(await ask(t, `https://[::1]:${six}`), expected)
})

test('nobody there: nothing was sent; no answer, or half of one: it may have been done', async (t) => {
  t.like(await ask(t, 'https://127.0.0.1:1'), { kind: 'not_sent', message: 'ECONNREFUSED' })
  const silent = await serve(t, () => {})
  t.deepEqual(await ask(t, `https://localhost:${silent}`, { timeoutMs: 200 }), {
    kind: 'no_answer',
    message: 'no answer within 0.2 s',
  })
  const breaking = await serve(t, (_, response) => void response.destroy())
  t.is((await ask(t, `https://localhost:${breaking}`, { method: 'POST', body: '{}' })).kind, 'no_answer')
  const half = await serve(t, (_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"a":')
    setImmediate(() => response.destroy())
  })
  t.is((await ask(t, `https://localhost:${half}`)).kind, 'no_answer')
})

/** Takes connections, and never says a word. */
async function mute(t: ExecutionContext) {
  const server: BareServer = createBareServer()
  const closed = new Promise<void>((resolve, reject) => {
    server.once('connection', (socket: Socket) => {
      socket.once('error', reject)
      socket.once('close', () => resolve())
      socket.resume()
    })
  })
  const connected = new Promise<void>((resolve) => void server.once('connection', () => resolve()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  const url = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return { url, connected, closed }
}

test('what takes a connection and never finishes TLS holds up nobody, and its connection is closed', async (t) => {
  const slow = await mute(t)
  t.deepEqual(await ask(t, slow.url, { timeoutMs: 200 }), { kind: 'not_sent', message: 'no answer within 0.2 s' })
  await slow.closed
  const aborted = await mute(t)
  const abort = new AbortController()
  const asked = ask(t, aborted.url, { signal: abort.signal })
  await aborted.connected
  abort.abort()
  t.is((await asked).kind, 'not_sent')
  await aborted.closed
  t.is((await ask(t, aborted.url, { signal: AbortSignal.abort() })).kind, 'not_sent')
  const left = await mute(t)
  const transport = new Transport(left.url, pinned)
  const request = { method: 'GET', path: '/x', headers: {}, body: null, timeoutMs: 5000 } as const
  const answer = transport.exchange({ ...request, signal: new AbortController().signal })
  await left.connected
  transport.close()
  t.is((await answer).kind, 'not_sent')
  await left.closed
})

test('an answer that does not end is cut off', async (t) => {
  const endless = await serve(t, (_, response) => {
    const more = (): void => {
      while (response.write(Buffer.alloc(65_536)));
      response.once('drain', more)
    }
    more()
  })
  t.is((await ask(t, `https://localhost:${endless}`)).kind, 'too_large')
})

test('another certificate: nothing of the request is seen by who shows it', async (t) => {
  let requests = 0
  const port = await serve(t, () => {
    requests += 1
  })
  const other: BmcTrust = { kind: 'fingerprint', sha256: 'ab'.repeat(32) }
  const answer = await ask(t, `https://localhost:${port}`, { method: 'POST', body: '{"Password":"x"}' }, other)
  t.deepEqual(answer, {
    kind: 'untrusted',
    message: `its certificate is not the one that was named: its SHA-256 is ${sha256}`,
  })
  const stranger = (await lab()).certificate
  t.is((await ask(t, `https://localhost:${port}`, {}, { kind: 'authority', pem: stranger })).kind, 'untrusted')
  t.is(
    (await ask(t, `https://127.0.0.1:${port}`, {}, { kind: 'authority', pem: signer.certificate })).kind,
    'untrusted',
  )
  t.is((await ask(t, `https://localhost:${port}`, {}, { kind: 'system' })).kind, 'untrusted')
  t.is(requests, 0)
})
