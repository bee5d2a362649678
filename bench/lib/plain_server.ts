import process from 'node:process'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { services } from '../../shared/wire/load.ts'

/** The least that any gRPC server of this runtime does for a call: the health service alone, without TLS and checks. */
const server = new Server()
server.addService(services.Health, {
  Check: (_call: unknown, answer: (error: null, response: object) => void) => answer(null, { status: 1 }),
})
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error
  process.stdout.write(`${port}\n`)
})
