// A job of several ranks on several machines: they share out the numbers below LIMIT, count the primes among
// them, and rank 0 adds the counts up over the network. Every rank checks the sum against the known answer.
// It finds its peers by the environment alone, as a PyTorch or MPI job does.
import { createConnection, createServer } from 'node:net'
import process from 'node:process'

const KNOWN = new Map([
  [1_000_000, 78_498],
  [10_000_000, 664_579],
  [40_000_000, 2_433_654],
])
const rank = Number(process.env.RANK)
const worldSize = Number(process.env.WORLD_SIZE)
const limit = Number(process.env.LIMIT ?? 10_000_000)
const { MASTER_ADDR: host, MASTER_PORT: port } = process.env

/** Primes in [from, to), by trial division: a few seconds of honest work. */
function countPrimes(from, to) {
  let count = 0
  for (let number = Math.max(from, 2); number < to; number += 1) if (isPrime(number)) count += 1
  return count
}

function isPrime(number) {
  if (number % 2 === 0 || number % 3 === 0) return number < 4
  for (let divisor = 5; divisor * divisor <= number; divisor += 6) {
    if (number % divisor === 0 || number % (divisor + 2) === 0) return false
  }
  return true
}

const share = Math.ceil(limit / worldSize)
const own = countPrimes(rank * share, Math.min(limit, (rank + 1) * share))
console.log(`rank ${rank} of ${worldSize}: ${own} primes in its share`)

function finish(total) {
  const right = total === KNOWN.get(limit)
  console.log(`rank ${rank} of ${worldSize}: ${total} primes below ${limit}, ${right ? 'correct' : 'WRONG'}`)
  process.exitCode = right ? 0 : 1
}

function lead() {
  const counts = new Map([[0, own]])
  const peers = []
  const server = createServer((socket) => {
    peers.push(socket)
    socket.on('error', () => process.exit(2))
    let text = ''
    socket.on('data', (data) => {
      text += data
      if (!text.endsWith('\n')) return
      const [from, count] = text.trim().split(' ').map(Number)
      counts.set(from, count)
      if (counts.size < worldSize) return
      const total = [...counts.values()].reduce((sum, value) => sum + value, 0)
      for (const peer of peers) peer.end(`${total}\n`)
      server.close()
      finish(total)
    })
  })
  server.listen(Number(port), host)
}

function follow() {
  const socket = createConnection(Number(port), host)
  let text = ''
  socket.on('error', (error) => {
    if (error.code === 'ECONNREFUSED') setTimeout(follow, 50)
    else process.exit(2)
  })
  socket.on('connect', () => socket.write(`${rank} ${own}\n`))
  socket.on('data', (data) => {
    text += data
  })
  socket.on('end', () => finish(Number(text)))
}

if (worldSize === 1) finish(own)
else if (rank === 0) lead()
else follow()
