// A job that takes its time: two ranks pass a counter to and fro over one connection, ROUNDS times, and each
// checks that no step was lost. It runs on through whatever happens to the coordinator.
import { createConnection, createServer } from 'node:net'
import process from 'node:process'

const rank = Number(process.env.RANK)
const rounds = Number(process.env.ROUNDS ?? 40)
const { MASTER_ADDR: host, MASTER_PORT: port } = process.env

console.log(`rank ${rank}: begins as process ${process.pid}`)

function play(socket, opens) {
  let expected = opens ? 1 : 0
  let text = ''
  socket.setEncoding('utf8')
  socket.on('data', (data) => {
    text += data
    const lines = text.split('\n')
    text = lines.pop()
    for (const line of lines) take(Number(line))
  })
  const take = (counter) => {
    if (counter !== expected) {
      console.log(`rank ${rank}: expected ${expected}, got ${counter}`)
      process.exit(1)
    }
    expected += 2
    if (counter % 10 < 2) console.log(`rank ${rank}: step ${counter} of ${rounds}`)
    if (counter >= rounds) return end()
    setTimeout(() => {
      socket.write(`${counter + 1}\n`)
      if (counter + 1 >= rounds) end()
    }, 100)
  }
  const end = () => {
    console.log(`rank ${rank}: all ${rounds} steps, none lost`)
    socket.end()
    process.exitCode = 0
  }
  if (opens) socket.write('0\n')
}

if (rank === 0) {
  const server = createServer((socket) => {
    server.close()
    play(socket, true)
  })
  server.listen(Number(port), host)
} else {
  const connect = () => {
    const socket = createConnection(Number(port), host)
    socket.once('connect', () => play(socket, false))
    socket.once('error', () => setTimeout(connect, 50))
  }
  connect()
}
