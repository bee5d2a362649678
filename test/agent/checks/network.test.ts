import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { Socket, connect, createServer } from 'node:net'
import test from 'ava'
import { checkRing } from '../../../agent/checks/own/network.ts'
import { type Ring, encodeRing, readRing } from '../../../agent/checks/ring.ts'

const PORT = 29_531
const at = (rank: number, offset = 0) => ({ rank, address: `127.0.7.${1 + rank + offset}` })

const ring = (previous: number, own: number, next: number, more: Partial<Ring> = {}): Ring => ({
  workload: 'wkl-0123456789abcdef',
  previous: at(previous),
  own: at(own),
  next: at(next),
  port: PORT,
  bandwidthLeast: 0,
  patienceMs: 10_000,
  ...more,
})

test('what a ring is survives its way to the program, and nothing else is one', (t) => {
  const one = ring(0, 1, 2)
  t.deepEqual(readRing(encodeRing(one)), { ok: true, value: one })
  for (const [text, expected] of [
    ['', /expected JSON/],
    ['{}', /workload/],
    [JSON.stringify({ ...one, port: 0 }), /port/],
    [JSON.stringify({ ...one, next: { rank: -1, address: '' } }), /next\.rank/],
  ] as const) {
    const read = readRing(text)
    t.regex(read.ok ? 'accepted' : read.error, expected)
  }
})

test.serial(
  'three ranks measure the way to the next, whoever comes first, and strangers are told nothing',
  async (t) => {
    const first = checkRing(ring(2, 0, 1))
    const stranger = new Promise<string>((resolve) => {
      const socket = connect({ host: at(0).address, port: PORT })
      let heard = ''
      socket.on('data', (piece) => (heard += piece.toString()))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve(heard))
      socket.write('billet wkl-fffffffffffffff 2 and whatever else there is to say, at some length')
    })
    t.is(await stranger, '')
    const said = await Promise.all([first, checkRing(ring(0, 1, 2)), checkRing(ring(1, 2, 0))])
    for (const [index, results] of said.entries()) {
      t.like(results, [
        { check: 'network', device: `rank-${(index + 1) % 3}`, unit: 'B/s' },
        { check: 'latency', unit: 'ms' },
      ])
      for (const one of results) t.true('value' in one && one.value > 0)
    }
  },
)

test.serial('a rank that nobody answers says so, and one whose port is taken', async (t) => {
  const alone = checkRing(ring(1, 3, 4, { patienceMs: 200 }))
  const [taken] = await checkRing(ring(1, 3, 4, { patienceMs: 200 }))
  t.regex(
    taken !== undefined && 'failure' in taken ? taken.failure : '',
    /port 29531 cannot be listened on: .*EADDRINUSE/,
  )
  const [unheard] = await alone
  const failure = unheard !== undefined && 'failure' in unheard ? unheard.failure : ''
  t.regex(failure, /^from rank 3 at 127\.0\.7\.4 to rank 4 at 127\.0\.7\.5: it cannot be reached: .*ECONNREFUSED/)
})

test.serial('a connection that breaks while nothing is awaited of it fails the check, and nothing else', async (t) => {
  const neighbour = createServer().listen(PORT, at(6).address)
  t.teardown(() => neighbour.close())
  await once(neighbour, 'listening')
  const breaks = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return
    const { socket } = message
    if (socket instanceof Socket) socket.once('connect', () => socket.destroy(new Error('it broke')))
  }
  subscribe('net.client.socket', breaks)
  t.teardown(() => unsubscribe('net.client.socket', breaks))
  const [said] = await checkRing(ring(4, 5, 6, { patienceMs: 200 }))
  t.regex(said !== undefined && 'failure' in said ? said.failure : '', /: it broke$/)
})
