import {
  type MethodDefinition,
  Server,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js'
import type { ExecutionContext } from 'ava'
import { Connection } from '../../shared/grpc/client.ts'
import { serverLimits } from '../../shared/grpc/limits.ts'
import { type ListenOptions, type Listener, type ServerTls, listen } from '../../shared/grpc/listener.ts'
import { toStatus } from '../../shared/grpc/status.ts'
import { send } from '../../shared/grpc/stream.ts'
import { billetError } from '../../shared/model/errors.ts'
import { must } from '../fixtures.ts'
import { type Lab, SERVER, lab } from './lab.ts'

type Definition = MethodDefinition<Buffer, Buffer>

const method = (name: string, requestStream: boolean, responseStream: boolean): Definition => ({
  path: `/test.Echo/${name}`,
  requestStream,
  responseStream,
  requestSerialize: (bytes) => bytes,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes,
  responseDeserialize: (bytes) => bytes,
})

/** A service of plain bytes, with one method for every way in which a call can go. */
export const methods = {
  Echo: method('Echo', false, false),
  Refuse: method('Refuse', false, false),
  Wait: method('Wait', false, false),
  Pour: method('Pour', false, true),
  Break: method('Break', false, true),
  Talk: method('Talk', true, true),
} as const

/** What the service saw of its callers. */
export class Seen {
  waiting = 0
  cancelled = 0
  poured = 0
  stopped = 0
}

function handlers(seen: Seen) {
  return {
    Echo: ({ request }: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => answer(null, request),
    Refuse: (_: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
      const metadata = { field: 'spec.task', machine: 'mch-1' }
      answer(toStatus(billetError('queue_full', 'Too many wait.', metadata)))
    },
    Wait: (call: ServerUnaryCall<Buffer, Buffer>) => {
      seen.waiting += 1
      call.on('cancelled', () => {
        seen.cancelled += 1
      })
    },
    Pour: (stream: ServerWritableStream<Buffer, Buffer>) => void pour(stream, seen),
    Break: (stream: ServerWritableStream<Buffer, Buffer>) => {
      stream.write(Buffer.from('one'))
      stream.emit('error', toStatus(billetError('slow_reader', 'Too slow.')))
    },
    Talk: (stream: ServerDuplexStream<Buffer, Buffer>) => {
      stream.on('data', (bytes: Buffer) => stream.write(bytes))
      stream.on('end', () => stream.end())
      stream.on('error', () => stream.destroy())
    },
  }
}

/** Sends 64 KiB again and again, for as long as somebody takes it. */
async function pour(stream: ServerWritableStream<Buffer, Buffer>, seen: Seen): Promise<void> {
  const over = new AbortController()
  stream.on('cancelled', () => over.abort())
  while (await send(stream, Buffer.alloc(64 * 1024), over.signal)) seen.poured += 1
  seen.stopped += 1
}

export type Echo = { readonly listener: Listener; readonly address: string; readonly seen: Seen; readonly lab: Lab }

export type EchoOptions = Partial<Omit<ListenOptions, 'tls'>> & {
  readonly lab?: Lab
  readonly tls?: Partial<ServerTls>
}

/** The service behind the real listener, on loopback. Callers need a certificate unless `tls` says otherwise. */
export async function echo(t: ExecutionContext, options: EchoOptions = {}): Promise<Echo> {
  const { lab: given, tls: shown, ...limits } = options
  const made = given ?? (await lab())
  const seen = new Seen()
  const server = new Server(serverLimits)
  server.addService(methods, handlers(seen))
  const listener = must(
    await listen(server, {
      host: '127.0.0.1',
      port: 0,
      handshakeMs: 10_000,
      connectionsMax: 100,
      connectionsPerAddressMax: 100,
      tls: { ...(await made.sign(SERVER)), clientAuthorities: made.certificate, ...shown },
      ...limits,
    }),
  )
  t.teardown(async () => {
    await listener.close()
    server.forceShutdown()
  })
  return { listener, address: `127.0.0.1:${listener.port}`, seen, lab: made }
}

/** The service and a connection to it. */
export async function connected(t: ExecutionContext): Promise<Echo & { readonly connection: Connection }> {
  const opened = await echo(t)
  const connection = new Connection(opened.address, await opened.lab.client())
  t.teardown(() => connection.close())
  return { ...opened, connection }
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}
