import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { ROUNDS, ROUND_MS, type Said } from './names.ts'

const PIECE_BYTES = 256 * 1024

/** Bytes a second through one TCP connection of the machine with itself. */
export async function loopback(): Promise<Said> {
  let received = 0
  const server = createServer((socket) => {
    socket.on('data', (piece) => {
      received += piece.length
    })
    socket.on('error', () => socket.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (!isTcp(address)) throw new Error('the server has no port')
  const socket = connect({ host: '127.0.0.1', port: address.port, noDelay: true })
  await once(socket, 'connect')
  const piece = Buffer.alloc(PIECE_BYTES, 1)
  const send = (): void => {
    while (socket.write(piece));
  }
  socket.on('drain', send)
  send()
  let best = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const [before, begun] = [received, performance.now()]
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS))
    best = Math.max(best, ((received - before) * 1000) / (performance.now() - begun))
  }
  socket.off('drain', send)
  socket.destroy()
  server.close()
  return { check: 'loopback', value: best, unit: 'B/s' }
}

const isTcp = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null
