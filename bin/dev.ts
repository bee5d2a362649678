import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { Command } from 'commander'
import { startAgent } from '../agent/main.ts'
import { AGENT_PREFIX, agentOptions } from '../agent/options.ts'
import { startCoordinator } from '../coordinator/main.ts'
import { COORDINATOR_PREFIX, coordinatorOptions } from '../coordinator/options.ts'
import { systemClock } from '../shared/clock.ts'
import { resolveOptions } from '../shared/config.ts'
import { parseContextFile } from '../shared/context_file.ts'
import { Connection } from '../shared/grpc/client.ts'
import { createLogger } from '../shared/log.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import { services } from '../shared/wire/load.ts'

type DevOptions = { readonly dataDir: string; readonly port: string; readonly enrolPort: string }

/** `billet dev`: a coordinator and an agent for this one machine, in one process, on loopback alone. */
export function registerDev(program: Command, exit: (code: number) => void): void {
  program
    .command('dev')
    .description('run everything for one machine: a coordinator and an agent, on loopback')
    .option('--data-dir <path>', 'everything is kept here', '/var/lib/billet-dev')
    .option('--port <port>', 'port of the API', '7443')
    .option('--enrol-port <port>', 'port of enrolment', '7444')
    .action(async (options: DevOptions) => exit(await dev(options)))
}

async function dev(options: DevOptions): Promise<number> {
  const log = createLogger('billet-dev', 'warn')
  mkdirSync(options.dataDir, { recursive: true, mode: 0o755 })
  const coordinator = await devCoordinator(options, log)
  if (!coordinator.ok) return failed(coordinator.error)
  const { contextFile, authority } = coordinator.value
  const ending = new AbortController()
  process.once('SIGINT', () => ending.abort())
  process.once('SIGTERM', () => ending.abort())
  const token = await devToken(contextFile)
  const agent = token.ok ? await devAgent(options, authority.fingerprint, token.value, ending.signal, log) : token
  if (!agent.ok) {
    await coordinator.value.stop()
    return failed(agent.error)
  }
  process.stdout.write(`This machine is ${agent.value.machine}. In another shell:

  export BILLET_CONFIG=${contextFile}
  billet machines list
  billet run --tenant me -- /bin/echo hello

Ctrl-C ends both; a task that runs goes on, and is found again by the next start.
`)
  await agent.value.ended
  await coordinator.value.stop()
  return 0
}

type Log = ReturnType<typeof createLogger>

async function devCoordinator({ dataDir, port, enrolPort }: DevOptions, log: Log) {
  const flags = {
    dataDir: join(dataDir, 'coordinator'),
    listen: `127.0.0.1:${port}`,
    enrolListen: `127.0.0.1:${enrolPort}`,
  }
  const file = { path: '', required: false }
  const sources = { prefix: COORDINATOR_PREFIX, file, environment: {}, flags }
  const resolved = resolveOptions(coordinatorOptions, sources)
  if (!resolved.ok) return refuse(resolved.error.join('; '))
  return startCoordinator(resolved.value, { clock: systemClock, log, environment: process.env })
}

/** A token for one machine, through the public door. */
async function devToken(contextFile: string): Promise<Result<string, string>> {
  const parsed = parseContextFile(readFileSync(contextFile, 'utf8'))
  const context = parsed.ok ? parsed.value.contexts[parsed.value.current] : undefined
  if (context === undefined) return refuse(`${contextFile} cannot be used`)
  const { address, ca: authorities, certificate, key } = context
  const connection = new Connection(address, { authorities, identity: { certificate, key } })
  const answer = await connection.call(services.TokenService.CreateToken, { description: 'dev', auto_approve: true })
  connection.close()
  return answer.ok ? ok(answer.value.secret) : refuse(answer.error.message)
}

async function devAgent(
  { dataDir, port, enrolPort }: DevOptions,
  caFingerprint: string,
  token: string,
  signal: AbortSignal,
  logger: Log,
) {
  const flags = {
    coordinator: `127.0.0.1:${port}`,
    enrolAddress: `127.0.0.1:${enrolPort}`,
    caFingerprint,
    stateDir: join(dataDir, 'agent'),
    runDir: join(dataDir, 'run'),
    scratchDir: join(dataDir, 'scratch'),
    peerAddress: '127.0.0.1',
    sanitiseScope: 'placement',
  }
  const file = { path: '', required: false }
  const resolved = resolveOptions(agentOptions, { prefix: AGENT_PREFIX, file, environment: {}, flags })
  if (!resolved.ok) return refuse(resolved.error.join('; '))
  return startAgent(resolved.value, { logger, clock: systemClock, signal, token })
}

function failed(sentence: string): number {
  process.stderr.write(`billet dev: ${sentence}\n`)
  return 1
}
