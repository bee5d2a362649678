import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { LocalFleet, until } from '../demo/fleet.ts'
import { parseContextFile } from '../shared/context_file.ts'
import { Connection } from '../shared/grpc/client.ts'
import { WorkloadState } from '../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { services } from '../shared/wire/load.ts'
import { cpuMilliseconds, note, numberArgument, print } from './lib/figures.ts'

/**
 * Jobs per second, end to end: submitted, placed, /bin/true really run as the tenant's user, exited, handed back,
 * validated, and the machine available again. A real coordinator; real agents, all in one process.
 */
const machineCount = numberArgument('machines', 200)
const jobCount = numberArgument('jobs', 1000)
/** Submissions that wait for their answer at once. */
const SUBMITTERS = 32

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
chmodSync(directory, 0o755)
const fleet = new LocalFleet(directory)
const agents = await start()
try {
  const context = parseContextFile(readFileSync(fleet.contextFile, 'utf8'))
  const admin = context.ok ? context.value.contexts['admin'] : undefined
  if (admin === undefined) throw new Error('the coordinator wrote no context')
  const { ca: authorities, certificate, key, address } = admin
  const connection = new Connection(address, { authorities, identity: { certificate, key } })
  await until(`${machineCount} machines are available`, async () => (await available(connection)) === machineCount)
  note(`${machineCount} machines are available; ${jobCount} jobs follow`)
  const coordinator = fleet.pid('coordinator')
  const before = { coordinator: cpuMilliseconds(coordinator), agents: cpuMilliseconds(agents.pid ?? 0) }
  const seconds = await runJobs(connection)
  const perJob = (pid: number, from: number): number => (cpuMilliseconds(pid) - from) / jobCount
  print({ bench: 'endtoend', metric: 'jobs_per_second', value: jobCount / seconds, unit: '1/s' })
  print({
    bench: 'endtoend',
    metric: 'coordinator_cpu_ms_per_job',
    value: perJob(coordinator, before.coordinator),
    unit: 'ms',
  })
  print({
    bench: 'endtoend',
    metric: 'agent_cpu_ms_per_job',
    value: perJob(agents.pid ?? 0, before.agents),
    unit: 'ms',
  })
  connection.close()
} finally {
  agents.kill('SIGTERM')
  await new Promise((resolve) => agents.once('exit', resolve))
  await fleet.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function start() {
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve', '--uses', `${machineCount}`)
  const token = join(directory, 'token')
  writeFileSync(token, stdout, { mode: 0o600 })
  const { coordinator, enrolment, fingerprint } = fleet.addresses
  const program = join(import.meta.dirname, 'lib', 'many_agents.ts')
  const options = [directory, `${machineCount}`, coordinator, enrolment, fingerprint, token]
  return spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'inherit', 'inherit'] })
}

async function available(connection: Connection): Promise<number> {
  const page = await connection.call(services.MachineService.ListMachines, { page_size: 1000, filter: { states: [3] } })
  return page.ok ? page.value.machines.length : 0
}

async function runJobs(connection: Connection): Promise<number> {
  const began = performance.now()
  let submitted = 0
  const submit = async (): Promise<void> => {
    while (submitted < jobCount) {
      submitted += 1
      const spec = { machine_count: 1, task: { argv: ['/bin/true'] } }
      const answer = await connection.call(services.WorkloadService.SubmitWorkload, { tenant: 'bench', spec })
      if (!answer.ok) throw new Error(answer.error.message)
    }
  }
  const ended = watchEnds(connection)
  await Promise.all([ended, ...Array.from({ length: SUBMITTERS }, submit)])
  while ((await available(connection)) < machineCount) await new Promise((resolve) => setTimeout(resolve, 20))
  return (performance.now() - began) / 1000
}

/** Answers once every job has succeeded; one that did not is an error. */
async function watchEnds(connection: Connection): Promise<void> {
  const over = new Set<string>()
  for await (const change of connection.stream(services.WorkloadService.WatchWorkloads, {})) {
    if (!change.ok) throw new Error(change.error.message)
    const { workload } = change.value
    if (workload === null || workload === undefined) continue
    if (workload.state === WorkloadState.WORKLOAD_STATE_FAILED) throw new Error(workload.state_reason)
    if (workload.state === WorkloadState.WORKLOAD_STATE_SUCCEEDED) over.add(workload.name)
    if (over.size === jobCount) return
  }
}
