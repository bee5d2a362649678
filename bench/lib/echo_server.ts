import { readFileSync } from 'node:fs'
import process from 'node:process'
import { Server } from '@grpc/grpc-js'
import { serverLimits } from '../../shared/grpc/limits.ts'
import { listen } from '../../shared/grpc/listener.ts'
import type { AgentServiceHandlers } from '../../shared/wire/gen/types/billet/v1/AgentService.ts'
import type { SessionRequest__Output } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import { services } from '../../shared/wire/load.ts'

/**
 * Plain grpc-js with the transport and the messages of the coordinator, that does nothing with a sample once it is
 * decoded, and answers heartbeats: CERTIFICATE KEY AUTHORITY. Says its port.
 */
const [certificate = '', key = '', authority = ''] = process.argv.slice(2).map((path) => readFileSync(path, 'utf8'))
const server = new Server(serverLimits)
const handlers: AgentServiceHandlers = {
  Session: (stream) => {
    stream.on('data', (message: SessionRequest__Output) => {
      if (message.message === 'heartbeat') stream.write({ heartbeat: message.heartbeat ?? 0 })
    })
    stream.on('error', () => {})
    stream.on('end', () => stream.end())
  },
  RenewCertificate: (_call, answer) => answer(null, {}),
}
server.addService(services.AgentService, handlers)
const limits = { handshakeMs: 10_000, connectionsMax: 10_000, connectionsPerAddressMax: 10_000 }
const tls = { certificate, key, clientAuthorities: authority }
const listener = await listen(server, { host: '127.0.0.1', port: 0, tls, ...limits })
if (!listener.ok) throw new Error(listener.error)
process.stdout.write(`${listener.value.port}\n`)
