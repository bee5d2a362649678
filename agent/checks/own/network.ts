import { type Server, type Socket, connect, createServer, isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { quantity } from '../../../shared/model/quantity.ts'
import type { Ring } from '../ring.ts'
import { wordsOf } from './words.ts'

const HEADER_BYTES = 128
const PINGS = 50
const PIECE_BYTES = 256 * 1024
const SEND_MS = 1000
const TRY_AGAIN_MS = 100
/** How long one exchange may take, once it has begun. */
const EXCHANGE_MS = 15_000
/** After its own failure, how long the one before may still need this machine: none of them begins anyway. */
const LINGER_MS = 20_000
const CLOSED = 'it closed the connection'

type Said = { readonly device: string } & (
  | { readonly check: string; readonly value: number; readonly unit: string }
  | { readonly check: string; readonly failure: string }
)

const headerOf = ({ workload }: Ring, rank: number): string => `billet ${workload} ${rank}`.padEnd(HEADER_BYTES)

/** Listens for the one before, and sends to the one after. */
export async function checkRing(ring: Ring): Promise<readonly Said[]> {
  const { next, own, port, bandwidthLeast } = ring
  const device = `rank-${next.rank}`
  const between = `from rank ${own.rank} at ${own.address} to rank ${next.rank} at ${next.address}`
  const failed = (why: string): readonly Said[] => [{ check: 'network', device, failure: `${between}: ${why}` }]
  let server: { readonly close: () => void; readonly served: Promise<void> }
  try {
    server = await serve(ring)
  } catch (error) {
    return failed(`port ${port} cannot be listened on: ${wordsOf(error)}`)
  }
  let said: readonly Said[]
  try {
    const { rate, latencyMs } = await send(ring)
    const least = `${quantity(bandwidthLeast, 'B/s')} are wanted`
    said =
      rate < bandwidthLeast
        ? failed(`${quantity(rate, 'B/s')}, and at least ${least}`)
        : [
            { check: 'network', device, value: rate, unit: 'B/s' },
            { check: 'latency', device, value: latencyMs, unit: 'ms' },
          ]
  } catch (error) {
    said = failed(wordsOf(error))
  }
  const hasFailed = said.some((one) => 'failure' in one)
  await Promise.race([server.served, sleep(hasFailed ? Math.min(LINGER_MS, ring.patienceMs) : ring.patienceMs)])
  server.close()
  return said
}

/** `served` resolves once the one before has sent all that it wanted to. */
async function serve(ring: Ring): Promise<{ readonly close: () => void; readonly served: Promise<void> }> {
  const server: Server = createServer({ noDelay: true })
  const sockets = new Set<Socket>()
  const served = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      answer(socket, headerOf(ring, ring.previous.rank), resolve)
    })
  })
  server.maxConnections = 8
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const { address } = ring.own
    server.listen({ port: ring.port, ...(isIP(address) === 0 ? {} : { host: address }) }, resolve)
  })
  const close = (): void => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { close, served }
}

/** Echoes the pings, counts what follows, and says how much that was in how long. */
function answer(socket: Socket, expected: string, onServed: () => void): void {
  let header = ''
  let pings = 0
  let bytes = 0
  let begun = 0
  socket.setTimeout(EXCHANGE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('data', (piece) => {
    let rest = piece
    if (header.length < HEADER_BYTES) {
      const missing = HEADER_BYTES - header.length
      header += rest.toString('latin1', 0, missing)
      rest = rest.subarray(missing)
      // Somebody else, who is told nothing.
      if (!expected.startsWith(header)) {
        socket.destroy()
        return
      }
    }
    if (pings < PINGS && rest.length > 0) {
      const echoed = rest.subarray(0, PINGS - pings)
      pings += echoed.length
      socket.write(echoed)
      rest = rest.subarray(echoed.length)
    }
    if (rest.length > 0 && bytes === 0) begun = performance.now()
    bytes += rest.length
  })
  socket.on('end', () => {
    if (bytes === 0) socket.destroy()
    else socket.end(`${JSON.stringify({ bytes, ms: performance.now() - begun })}\n`, onServed)
  })
}

async function send(ring: Ring): Promise<{ readonly rate: number; readonly latencyMs: number }> {
  const socket = await reach(ring)
  socket.setTimeout(EXCHANGE_MS, () => socket.destroy(new Error('it did not answer any more')))
  try {
    socket.write(headerOf(ring, ring.own.rank))
    const times: number[] = []
    for (let ping = 0; ping < PINGS; ping += 1) {
      const begun = performance.now()
      socket.write('p')
      await heard(socket)
      times.push(performance.now() - begun)
    }
    const latencyMs = times.toSorted((one, other) => one - other)[PINGS >> 1] ?? 0
    const piece = Buffer.alloc(PIECE_BYTES, 1)
    const end = performance.now() + SEND_MS
    while (performance.now() < end) {
      if (!socket.write(piece)) await happened(socket, 'drain')
    }
    socket.end()
    const reply: unknown = JSON.parse(await heard(socket))
    return { rate: rateIn(reply), latencyMs }
  } finally {
    socket.destroy()
  }
}

function rateIn(reply: unknown): number {
  if (typeof reply === 'object' && reply !== null && 'bytes' in reply && 'ms' in reply) {
    const { bytes, ms } = reply
    if (typeof bytes === 'number' && typeof ms === 'number' && ms > 0) return (bytes * 1000) / ms
  }
  throw new Error('its answer cannot be read')
}

/** It may not listen yet: its machine makes ready, too. */
async function reach({ next, port, patienceMs }: Ring): Promise<Socket> {
  const end = performance.now() + patienceMs
  for (;;) {
    const socket = connect({ host: next.address, port, noDelay: true })
    // One that breaks while nothing is awaited tells it to whoever awaits something next.
    socket.on('error', () => undefined)
    try {
      await happened(socket, 'connect')
      return socket
    } catch (error) {
      socket.destroy()
      if (performance.now() > end) throw new Error(`it cannot be reached: ${wordsOf(error)}`, { cause: error })
      await sleep(TRY_AGAIN_MS)
    }
  }
}

const heard = (socket: Socket): Promise<string> => happened(socket, 'data').then(String)

/** The next event of that name; refused where the connection ends before, or has ended. */
function happened(socket: Socket, name: 'connect' | 'data' | 'drain'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(socket.errored ?? new Error(CLOSED))
    const settle = (act: () => void): void => {
      socket.off(name, onEvent)
      socket.off('error', onError)
      socket.off('close', onClose)
      act()
    }
    const onEvent = (value: unknown): void => settle(() => resolve(value))
    const onError = (error: Error): void => settle(() => reject(error))
    const onClose = (): void => settle(() => reject(new Error(CLOSED)))
    socket.once(name, onEvent)
    socket.once('error', onError)
    socket.once('close', onClose)
  })
}
