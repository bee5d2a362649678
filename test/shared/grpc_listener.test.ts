import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type Socket, connect as connectTcp } from 'node:net'
import { type ConnectionOptions, type TLSSocket, connect as connectTls } from 'node:tls'
import { Client, Metadata, credentials, status } from '@grpc/grpc-js'
import test, { type ExecutionContext } from 'ava'
import { type ClientTls, Connection } from '../../shared/grpc/client.ts'
import { MESSAGE_BYTES_MAX } from '../../shared/grpc/limits.ts'
import { parseUserName } from '../../shared/model/ids.ts'
import { COORDINATOR_NAME, userUri } from '../../shared/tls/identity.ts'
import { must } from '../fixtures.ts'
import { type Echo, echo, methods, until } from './echo.ts'
import { CLIENT, CLUSTER, OVER, SERVER, TOMORROW, lab } from './lab.ts'

const NOTHING = Buffer.alloc(0)

/** "accepted", or the kind of the refusal and its sentence. */
async function outcome({ address }: Pick<Echo, 'address'>, tls: ClientTls): Promise<string> {
  const connection = new Connection(address, tls)
  const answer = await connection.call(methods.Echo, NOTHING, { deadlineMs: 10_000 })
  connection.close()
  return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.message}`
}

test('without a certificate, with a foreign one or with one for servers nobody reaches the service', async (t) => {
  const open = await echo(t)
  const { certificate, client } = open.lab
  const other = await lab()
  t.is(await outcome(open, await client()), 'accepted')
  t.is(
    await outcome(open, await client({ ...CLIENT, uris: [userUri(CLUSTER, must(parseUserName('ann')))] })),
    'accepted',
  )
  const identity = await other.sign(CLIENT)
  t.regex(await outcome(open, { authorities: certificate }), /^unavailable/)
  t.regex(await outcome(open, { authorities: certificate, identity }), /^unavailable/)
  t.regex(await outcome(open, await client(SERVER)), /^unavailable/)
  t.regex(await outcome(open, await client(CLIENT, TOMORROW)), /^unavailable/)
})

test('who shows a certificate that is over is told so, with the time', async (t) => {
  const open = await echo(t)
  const told = await outcome(open, await open.lab.client(CLIENT, OVER))
  t.regex(told, /^unauthenticated The certificate that was shown to the coordinator expired at \d{4}-\d\d-\d\dT/)
  t.regex(told, /A machine enrols again, with a token; a user needs a new context file\.$/)
})

test('a caller believes its own authority alone, and what is valid now and names a coordinator', async (t) => {
  const made = await lab()
  const other = await lab()
  const callers = await made.client()
  const shown = async (holder: typeof SERVER, from = made, life?: typeof OVER): Promise<string> =>
    outcome(await echo(t, { lab: made, tls: await from.sign(holder, life) }), callers)
  t.is(await shown(SERVER), 'accepted')
  t.regex(await shown(SERVER, other), /unavailable .*certificate/)
  t.regex(await shown(SERVER, made, OVER), /unavailable .*expired/)
  t.regex(await shown(SERVER, made, TOMORROW), /unavailable .*not yet valid/)
  t.regex(await shown({ ...SERVER, hosts: ['127.0.0.1', 'localhost'] }), /unavailable .*altnames/)
  t.regex(await shown({ ...SERVER, usage: 'client' }), /unavailable .*purpose/)
  // A machine that would pass for a coordinator: its certificate carries no such name.
  t.regex(await shown(CLIENT), /unavailable/)
})

test('the address that is called is of no matter: the certificate proves the role', async (t) => {
  const open = await echo(t)
  const address = `localhost:${open.listener.port}`
  t.is(await outcome({ address }, await open.lab.client()), 'accepted')
})

function raw(t: ExecutionContext, { listener }: Echo): Socket {
  const socket = connectTcp(listener.port, '127.0.0.1')
  // A server that ends a connection may do it rudely.
  socket.on('error', () => socket.destroy())
  t.teardown(() => socket.destroy())
  return socket
}

async function secure(
  t: ExecutionContext,
  { listener, lab: made }: Echo,
  more: ConnectionOptions = {},
  from = '127.0.0.1',
) {
  const { identity } = await made.client()
  const socket = connectTls({
    socket: connectTcp({ port: listener.port, host: '127.0.0.1', localAddress: from }),
    ca: made.certificate,
    servername: COORDINATOR_NAME,
    ALPNProtocols: ['h2'],
    cert: identity?.certificate,
    key: identity?.key,
    ...more,
  })
  t.teardown(() => socket.destroy())
  return socket
}

/** "connected", or why not. */
function handshake(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve('connected'))
    socket.once('error', (error: Error) => resolve(error.message))
    socket.once('close', () => resolve('closed'))
  })
}

test('a connection that does not finish its handshake in time is ended, and the others go on', async (t) => {
  const open = await echo(t, { handshakeMs: 300 })
  const connection = new Connection(open.address, await open.lab.client())
  t.teardown(() => connection.close())
  must(await connection.call(methods.Echo, NOTHING))
  const silent = raw(t, open)
  await once(silent, 'close')
  const nonsense = raw(t, open)
  nonsense.write('GET / HTTP/1.1\r\n\r\n')
  await once(nonsense, 'close')
  t.true((await connection.call(methods.Echo, NOTHING)).ok)
})

test('only TLS 1.3 and HTTP/2 are spoken, also after the certificate was changed', async (t) => {
  const open = await echo(t)
  const old = { maxVersion: 'TLSv1.2' } as const
  t.is(await handshake(await secure(t, open)), 'connected')
  t.not(await handshake(await secure(t, open, old)), 'connected')
  t.not(await handshake(await secure(t, open, { ALPNProtocols: ['http/1.1'] })), 'connected')
  open.listener.renew({ ...(await open.lab.sign(SERVER)), clientAuthorities: open.lab.certificate })
  t.is(await handshake(await secure(t, open)), 'connected')
  t.not(await handshake(await secure(t, open, old)), 'connected')
  t.regex(await outcome(open, { authorities: open.lab.certificate }), /^unavailable/)
})

test('a new certificate is shown to those who come; those who are there stay', async (t) => {
  const open = await echo(t)
  const connection = new Connection(open.address, await open.lab.client())
  t.teardown(() => connection.close())
  must(await connection.call(methods.Echo, NOTHING))
  const fresh = await open.lab.sign(SERVER)
  open.listener.renew({ ...fresh, clientAuthorities: open.lab.certificate })
  const socket = await secure(t, open)
  await handshake(socket)
  const shown = createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex')
  const der = Buffer.from(fresh.certificate.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  t.is(shown, createHash('sha256').update(der).digest('hex'))
  t.true((await connection.call(methods.Echo, NOTHING)).ok)
})

test('one address takes no more connections than it may, and may come again when one of them is gone', async (t) => {
  const open = await echo(t, { connectionsPerAddressMax: 2 })
  const first = await secure(t, open)
  t.is(await handshake(first), 'connected')
  t.is(await handshake(await secure(t, open)), 'connected')
  t.not(await handshake(await secure(t, open)), 'connected')
  const elsewhere = await secure(t, open, {}, '127.0.0.2')
  t.is(await handshake(elsewhere), 'connected')
  first.destroy()
  let again = ''
  while (again !== 'connected') again = await handshake(await secure(t, open))
  t.is(again, 'connected')
})

test('there are no more connections in all than there may be', async (t) => {
  const open = await echo(t, { connectionsMax: 1 })
  t.is(await handshake(await secure(t, open)), 'connected')
  t.not(await handshake(await secure(t, open)), 'connected')
})

test('a larger message than 256 KiB is refused by the server, which goes on', async (t) => {
  const open = await echo(t)
  const { authorities, identity } = await open.lab.client()
  const secured = credentials.createSsl(
    Buffer.from(authorities),
    Buffer.from(identity?.key ?? ''),
    Buffer.from(identity?.certificate ?? ''),
  )
  const client = new Client(open.address, secured, {
    'grpc.ssl_target_name_override': COORDINATOR_NAME,
    'grpc.max_send_message_length': -1,
  })
  t.teardown(() => client.close())
  const same = (bytes: Buffer): Buffer => bytes
  const send = (size: number): Promise<number> =>
    new Promise((resolve) => {
      client.makeUnaryRequest(methods.Echo.path, same, same, Buffer.alloc(size), new Metadata(), (error) =>
        resolve(error?.code ?? status.OK),
      )
    })
  t.is(await send(MESSAGE_BYTES_MAX), status.OK)
  t.is(await send(MESSAGE_BYTES_MAX + 1), status.RESOURCE_EXHAUSTED)
  t.is(await send(64 * MESSAGE_BYTES_MAX), status.RESOURCE_EXHAUSTED)
  t.is(await send(10), status.OK)
})

test('a port that is taken, and an address that is nobody’s, are refused in words', async (t) => {
  const open = await echo(t)
  const { port } = open.listener
  await t.throwsAsync(echo(t, { port }), {
    message: new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program`),
  })
  await t.throwsAsync(echo(t, { host: '192.0.2.1' }), { message: /192\.0\.2\.1 is no address of this machine/ })
})

test('a listener that closes ends the connections that are open, and takes no more', async (t) => {
  const open = await echo(t)
  const socket = await secure(t, open)
  await handshake(socket)
  socket.resume()
  const closed = once(socket, 'close')
  await open.listener.close()
  await closed
  await until(() => socket.destroyed)
  t.not(await handshake(await secure(t, open)), 'connected')
})
