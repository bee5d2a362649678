import { type Server, ServerCredentials } from '@grpc/grpc-js'
import type { AddressInfo, Server as NetServer, Socket } from 'node:net'
import { type Server as TlsServer, type TLSSocket, createServer } from 'node:tls'
import { type Result, ok, refuse } from '../model/result.ts'

/** What a server shows its callers, and whom it believes; all in PEM. */
export type ServerTls = {
  readonly certificate: string
  readonly key: string
  /** Who signs the certificates of callers; absent where callers need none. */
  readonly clientAuthorities?: string
}

export type ListenOptions = {
  readonly host: string
  readonly port: number
  readonly tls: ServerTls
  /** How long a connection may take to finish its handshake, and so to prove who it is. */
  readonly handshakeMs: number
  readonly connectionsMax: number
  /** From one address at once: one address cannot take every place. */
  readonly connectionsPerAddressMax: number
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** New connections see the new certificate; those that are open go on. */
  renew(tls: ServerTls): void
  /** Takes no more connections, and ends those that are open. */
  close(): Promise<void>
}

/**
 * Puts a TLS socket of our own before a gRPC server, since grpc-js has no deadline for the handshake, no limit on
 * connections, and no way to change the certificate. A connection that has not shown a valid certificate never
 * reaches HTTP/2.
 */
export async function listen(grpc: Server, options: ListenOptions): Promise<Result<Listener, string>> {
  const { host, port } = options
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure())
  const server = createServer({
    ...secureContext(options.tls),
    handshakeTimeout: options.handshakeMs,
    ALPNProtocols: ['h2'],
    requestCert: options.tls.clientAuthorities !== undefined,
    rejectUnauthorized: options.tls.clientAuthorities !== undefined,
  })
  server.maxConnections = options.connectionsMax
  const sockets = limitPerAddress(server, options.connectionsPerAddressMax)
  server.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy())
    injector.injectConnection(socket)
  })
  // A failed handshake is the caller's trouble; it says so itself.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  const bound = await bind(server, host, port)
  if (!bound.ok) return bound
  return ok({
    host,
    port: bound.value,
    renew: (tls) => server.setSecureContext(secureContext(tls)),
    close: () => close(server, sockets),
  })
}

/** All of it, each time: what a new context does not say is Node's default again. */
function secureContext({ certificate, key, clientAuthorities }: ServerTls) {
  const tls = { cert: certificate, key, minVersion: 'TLSv1.3' } as const
  return clientAuthorities === undefined ? tls : { ...tls, ca: clientAuthorities }
}

/** The connections that are open; one that is too many from its address is ended at once. */
export function limitPerAddress(server: NetServer, most: number): ReadonlySet<Socket> {
  const counts = new Map<string, number>()
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (counts.get(address) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return
    }
    counts.set(address, count)
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (counts.get(address) ?? 1) - 1
      if (left === 0) counts.delete(address)
      else counts.set(address, left)
    })
  })
  return sockets
}

export function bind(server: NetServer, host: string, port: number): Promise<Result<number, string>> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(refuse(bindSentence(error, host, port))))
    server.listen(port, host, () => {
      const address: AddressInfo | string | null = server.address()
      resolve(ok(address === null || typeof address === 'string' ? port : address.port))
    })
  })
}

function bindSentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `${where} is in use by another program; choose another port, or end that program.`
    case 'EACCES':
      return `${where} needs a right that this user does not have; choose a port above 1023.`
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine.`
    case undefined:
    default:
      return `${where} cannot be listened on: ${error.message}.`
  }
}

function close(server: TlsServer, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
}
