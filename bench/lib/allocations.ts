import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { Client, credentials } from '@grpc/grpc-js'
import type { Connection } from '../../shared/grpc/client.ts'
import type { WorkloadSpec } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { services } from '../../shared/wire/load.ts'
import { Course } from './course.ts'
import { cpuMilliseconds, note, print } from './figures.ts'
import { startServer } from './server_process.ts'

const { WorkloadService } = services
export const CLIENTS = 8
/** Workloads in one call: with fewer machines they would never be placed as a whole. */
export const BATCH = 128
/** Calls that one client has open, where it asks one by one. */
const OPEN = 16
const GANG = 64
const TENANT = 'bench'
const WARM_UP_MS = 2000

export type Measured = {
  /** One for each client, and one more for the watch. */
  readonly connections: readonly Connection[]
  readonly coordinator: number
  readonly machines: number
  readonly seconds: number
  readonly jobs: number
}

const held = (count: number): WorkloadSpec => ({ machine_count: count })
const task: WorkloadSpec = { machine_count: 1, task: { argv: ['/bin/true'] } }

/** What a coordinator does by its API alone, on machines that do at once what is wanted. */
export async function measureApi(measured: Measured): Promise<void> {
  const echoes = await plainCalls(3)
  report('plain_calls_per_second', echoes, '1/s')
  const [watching, ...clients] = measured.connections
  if (watching === undefined) throw new Error('no connection to watch with')
  const course = new Course(watching)
  await course.synced
  await jobs(measured, course, clients)
  const batches = await cycles(measured, clients, (client) => together(client, course, held(1), BATCH))
  told('allocations', batches, echoes)
  const single = await cycles(measured, manyTimes(clients, OPEN), (client) => alone(client, course))
  told('single_allocations', single, echoes)
  const gangs = await cycles(measured, clients, (client) =>
    together(client, course, held(GANG), Math.max(1, Math.floor(measured.machines / GANG / CLIENTS))),
  )
  told('gangs_64', gangs, echoes)
  course.end()
}

type Rate = { readonly perSecond: number; readonly cpuMs: number }

function told(what: string, { perSecond, cpuMs }: Rate, echoes: number): void {
  const ratio = Number((perSecond / echoes).toPrecision(3))
  print({ bench: 'endtoend', metric: `${what}_per_second`, value: perSecond, unit: '1/s', peer: 'plain calls', ratio })
  report(`coordinator_cpu_ms_per_${what}`, cpuMs, 'ms')
}

const report = (metric: string, value: number, unit: string): void => print({ bench: 'endtoend', metric, value, unit })

const manyTimes = <Item>(items: readonly Item[], times: number): readonly Item[] =>
  items.flatMap((item) => Array.from({ length: times }, () => item))

/** So many a second, each client doing one cycle after the other; what the first seconds bring is not counted. */
async function cycles(
  { coordinator, seconds }: Measured,
  clients: readonly Connection[],
  cycle: (client: Connection) => Promise<number>,
): Promise<Rate> {
  const begin = performance.now() + WARM_UP_MS
  const end = begin + seconds * 1000
  let done = 0
  let cpu = 0
  const warm = setTimeout(() => {
    cpu = cpuMilliseconds(coordinator)
  }, WARM_UP_MS)
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < end) {
        const count = await cycle(client)
        if (performance.now() >= begin && performance.now() < end) done += count
      }
    }),
  )
  clearTimeout(warm)
  return { perSecond: done / seconds, cpuMs: (cpuMilliseconds(coordinator) - cpu) / Math.max(1, done) }
}

/** Many in one call: submitted, placed, and let go of. */
async function together(client: Connection, course: Course, spec: WorkloadSpec, count: number): Promise<number> {
  const names = await submit(client, spec, count)
  await course.reached(names, 'placed', spec.machine_count ?? 1)
  const requests = names.map((name) => ({ name }))
  const answer = await client.call(WorkloadService.CancelWorkloads, { requests })
  if (!answer.ok) throw new Error(answer.error.message)
  course.forget(names)
  return count
}

async function submit(client: Connection, spec: WorkloadSpec, count: number): Promise<readonly string[]> {
  const requests = Array.from({ length: count }, () => ({ tenant: TENANT, spec }))
  const answer = await client.call(WorkloadService.SubmitWorkloads, { requests })
  if (!answer.ok) throw new Error(answer.error.message)
  return answer.value.outcomes.map(({ workload, message }) => {
    if (workload === '') throw new Error(message)
    return workload
  })
}

async function alone(client: Connection, course: Course): Promise<number> {
  const answer = await client.call(WorkloadService.SubmitWorkload, { tenant: TENANT, spec: held(1) })
  if (!answer.ok) throw new Error(answer.error.message)
  const name = answer.value.workload?.name ?? ''
  await course.reached([name], 'placed', 1)
  const ended = await client.call(WorkloadService.CancelWorkload, { name })
  if (!ended.ok) throw new Error(ended.error.message)
  course.forget([name])
  return 1
}

/** Jobs that end by themselves, all submitted at once: how fast each step of their course is. */
async function jobs({ jobs: count, coordinator }: Measured, course: Course, clients: readonly Connection[]) {
  const before = cpuMilliseconds(coordinator)
  const begun = performance.now()
  let left = count
  const submitting = clients.map(async (client) => {
    const names: string[] = []
    while (left > 0) {
      const some = Math.min(left, BATCH)
      left -= some
      names.push(...(await submit(client, task, some)))
    }
    return names
  })
  const names = (await Promise.all(submitting)).flat()
  const rate = (at: number): number => count / ((at - begun) / 1000)
  report('accepted_per_second', rate(performance.now()), '1/s')
  for (const step of ['placed', 'started', 'ended'] as const) {
    await course.reached(names, step, 1)
    report(`${step}_per_second`, rate(course.lastAt(step)), '1/s')
  }
  report('coordinator_cpu_ms_per_simulated_job', (cpuMilliseconds(coordinator) - before) / count, 'ms')
  course.forget(names)
}

/** Calls a second that an empty server of the same runtime answers, by as many clients. */
async function plainCalls(seconds: number): Promise<number> {
  const { child: server, port } = await startServer('plain_server.ts')
  try {
    const clients = Array.from(
      { length: CLIENTS },
      () => new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }),
    )
    const end = performance.now() + seconds * 1000
    let done = 0
    await Promise.all(
      manyTimes(clients, OPEN).map(async (client) => {
        while (performance.now() < end) {
          await plainCall(client)
          done += 1
        }
      }),
    )
    for (const client of clients) client.close()
    return done / seconds
  } finally {
    server.kill('SIGKILL')
  }
}

function plainCall(client: Client): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = services.Health.Check
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: '' }, (error) => {
      if (error === null) resolve()
      else reject(error)
    })
  })
}

export function startSimulatedFleet(
  about: { readonly machines: number; readonly processes: number },
  where: readonly string[],
): readonly ChildProcess[] {
  note(`${about.machines} simulated machines, ${CLIENTS} clients, ${BATCH} workloads in one call`)
  return Array.from({ length: about.processes }, (_, index) => {
    const [first, end] = [index, index + 1].map((of) => `${Math.floor((of * about.machines) / about.processes)}`)
    const options = [join(import.meta.dirname, 'simulated_fleet.ts'), first ?? '', end ?? '', ...where]
    return spawn(process.execPath, options, { stdio: ['ignore', 'inherit', 'inherit'] })
  })
}
