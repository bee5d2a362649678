import { assertNever } from '../../shared/model/result.ts'
import type { TaskSpec } from '../../shared/model/task.ts'
import { hostfile, peersText, taskEnvironment } from './environment.ts'
import { launchScript, taskScript } from './shim.ts'
import type { HostFacts, Isolation, LimitReport, PlacementFacts } from './types.ts'

/** Who a file or directory belongs to; null: the agent itself. */
export type Owner = { readonly uid: number; readonly gid: number } | null

export type PrepareStep =
  | { readonly kind: 'fresh_directory'; readonly path: string; readonly owner: Owner; readonly mode: number }
  | {
      readonly kind: 'file'
      /** Directories between this and the file are made too. */
      readonly below: string
      readonly path: string
      readonly content: Uint8Array | string
      readonly owner: Owner
      readonly mode: number
    }
  | { readonly kind: 'cgroup'; readonly path: string; readonly settings: readonly CgroupSetting[] }
  | { readonly kind: 'directory_exists'; readonly path: string }
  | { readonly kind: 'program_exists'; readonly program: string; readonly path: string; readonly cwd: string }

/** `optional`: a kernel without the file enforces the limit all the same. */
export type CgroupSetting = { readonly file: string; readonly value: string; readonly optional: boolean }

export type PlacementPaths = {
  readonly records: string
  readonly scratch: string
  readonly run: string
  readonly secrets: string
  readonly cgroup: string | null
}

export type PlacementPlan = {
  readonly steps: readonly PrepareStep[]
  /** What the launcher is told to run. */
  readonly launchFile: string
  readonly paths: PlacementPaths
  readonly isolation: Isolation
  readonly limits: readonly LimitReport[]
  /** Only when the uid is this tenant's alone may everything of that uid be stopped. */
  readonly exclusiveUid: number | null
}

/** The files that a placement's run directory holds, beside its secrets. */
const HOSTFILE = 'hostfile'
const TASK_FILE = 'task'
/** Which machines the workload has now; written anew when they are others. */
export const PEERS_FILE = 'peers.json'

/** The files that a placement's record directory holds; `task` only where no cgroup holds the task. */
export const RECORDS = {
  spec: 'spec.json',
  shim: 'shim',
  task: 'task',
  exit: 'exit',
  lease: 'lease',
  watch: 'watch',
  watchdog: 'watchdog',
  leaseOver: 'lease_over',
  stopping: 'stopping',
  forgotten: 'forgotten',
  /** The generation of peers that the task was told of. */
  peersTold: 'peers_told',
} as const

export function placementPaths(host: HostFacts, placementId: string): PlacementPaths {
  const run = `${host.paths.run}/${placementId}`
  return {
    records: `${host.paths.state}/placements/${placementId}`,
    scratch: `${host.paths.scratch}/${placementId}`,
    run,
    secrets: `${run}/secrets`,
    cgroup: host.cgroupRoot === null ? null : `${host.cgroupRoot}/${placementId}`,
  }
}

type Limits = { reports: LimitReport[]; settings: CgroupSetting[]; rlimits: Rlimits }
type Rlimits = { files: string; processes: string; data: string }

function planMemory(bytes: number, inCgroup: boolean, limits: Limits): void {
  if (inCgroup) {
    limits.settings.push({ file: 'memory.max', value: String(bytes), optional: false })
    limits.settings.push({ file: 'memory.swap.max', value: '0', optional: true })
    // One rank of many that is killed alone leaves the others waiting for it: all of the task or nothing.
    limits.settings.push({ file: 'memory.oom.group', value: '1', optional: true })
    limits.reports.push({ limit: 'memory', enforcedBy: 'cgroup', detail: `${bytes} bytes for the whole task` })
    return
  }
  limits.rlimits.data = String(Math.floor(bytes / 1024))
  const detail = `${bytes} bytes for each process, not for all together: no memory controller in cgroup v2 here`
  limits.reports.push({ limit: 'memory', enforcedBy: 'rlimit', detail })
}

function planProcesses(count: number, inCgroup: boolean, tenantUid: boolean, limits: Limits): void {
  if (inCgroup) {
    limits.settings.push({ file: 'pids.max', value: String(count), optional: false })
    limits.reports.push({ limit: 'processes', enforcedBy: 'cgroup', detail: `${count} for the whole task` })
    return
  }
  if (tenantUid) {
    limits.rlimits.processes = String(count)
    const detail = `${count} for the tenant's uid: no pids controller in cgroup v2 here`
    limits.reports.push({ limit: 'processes', enforcedBy: 'rlimit', detail })
    return
  }
  const detail = 'no pids controller in cgroup v2 here, and the task shares its uid with other programs'
  limits.reports.push({ limit: 'processes', enforcedBy: 'nothing', detail })
}

function planLimits(task: TaskSpec, host: HostFacts, tenantUid: boolean): Limits {
  const limits: Limits = { reports: [], settings: [], rlimits: { files: '', processes: '', data: '' } }
  const has = (controller: string): boolean => host.cgroupRoot !== null && host.controllers.includes(controller)
  const { memoryBytes, cpuCores, processes, openFiles } = task.limits
  if (memoryBytes !== null) planMemory(memoryBytes, has('memory'), limits)
  if (processes !== null) planProcesses(processes, has('pids'), tenantUid, limits)
  if (cpuCores !== null && has('cpu')) {
    const value = `${Math.round(cpuCores * 100_000)} 100000`
    limits.settings.push({ file: 'cpu.max', value, optional: false })
    limits.reports.push({ limit: 'cpu', enforcedBy: 'cgroup', detail: `${cpuCores} cores for the whole task` })
  } else if (cpuCores !== null) {
    limits.reports.push({ limit: 'cpu', enforcedBy: 'nothing', detail: 'no cpu controller in cgroup v2 here' })
  }
  if (openFiles !== null) {
    limits.rlimits.files = String(openFiles)
    limits.reports.push({ limit: 'open_files', enforcedBy: 'rlimit', detail: `${openFiles} for each process` })
  }
  return limits
}

/** The programs between the shim and the task file: a session of its own, and then all privileges given up. */
function launcher(user: Isolation['user'], facts: PlacementFacts, host: HostFacts): readonly string[] {
  switch (user) {
    case 'tenant_uid': {
      const groups = host.deviceGroups.length > 0 ? [`--groups=${host.deviceGroups.join(',')}`] : ['--clear-groups']
      const ids = [`--reuid=${facts.uid}`, `--regid=${facts.gid}`]
      return ['setsid', 'setpriv', ...ids, ...groups, '--inh-caps=-all', '--no-new-privs', '--']
    }
    case 'root':
    case 'same_uid_as_agent':
      return ['setsid']
    default:
      return assertNever(user)
  }
}

function prepareSteps(
  task: TaskSpec,
  facts: PlacementFacts,
  paths: PlacementPaths,
  owner: Owner,
  settings: readonly CgroupSetting[],
): PrepareStep[] {
  const steps: PrepareStep[] = [
    { kind: 'fresh_directory', path: paths.scratch, owner, mode: 0o700 },
    // The tenant passes through it to its secrets, but cannot list it.
    { kind: 'fresh_directory', path: paths.run, owner: null, mode: 0o711 },
    { kind: 'fresh_directory', path: paths.secrets, owner, mode: 0o700 },
  ]
  const add = (below: string, path: string, content: Uint8Array | string, mode: number): void => {
    steps.push({ kind: 'file', below, path, content, owner, mode })
  }
  add(paths.run, HOSTFILE, hostfile(facts), 0o444)
  const own = { kind: 'file', owner: null } as const
  steps.push({ ...own, below: paths.run, path: PEERS_FILE, content: peersText(facts), mode: 0o444 })
  steps.push({ ...own, below: paths.records, path: RECORDS.peersTold, content: `${facts.generation}`, mode: 0o600 })
  for (const file of task.files) add(paths.scratch, file.path, file.content, file.mode)
  for (const secret of task.secrets) add(paths.secrets, secret.name, secret.value, 0o400)
  if (paths.cgroup !== null) steps.push({ kind: 'cgroup', path: paths.cgroup, settings })
  return steps
}

/**
 * All that preparing and starting a placement will do, decided before any of it is done.
 *
 * The task must have passed `checkTask`, and its user the machine's policy.
 *
 * @param preparation of this preparation alone: a launch that was asked for after an earlier one finds nothing.
 */
export function planPlacement(
  task: TaskSpec,
  facts: PlacementFacts,
  host: HostFacts,
  preparation: string,
): PlacementPlan {
  const asRoot: Isolation['user'] = task.user === 'root' ? 'root' : 'tenant_uid'
  const user: Isolation['user'] = host.root ? asRoot : 'same_uid_as_agent'
  const owner = user === 'tenant_uid' ? { uid: facts.uid, gid: facts.gid } : null
  const paths = placementPaths(host, facts.placementId)
  const limits = planLimits(task, host, user === 'tenant_uid')
  const environment = taskEnvironment(task, facts, {
    scratch: paths.scratch,
    secrets: paths.secrets,
    hostfile: `${paths.run}/${HOSTFILE}`,
    peers: `${paths.run}/${PEERS_FILE}`,
  })
  const cwd = task.cwd === null ? paths.scratch : task.cwd.startsWith('/') ? task.cwd : `${paths.scratch}/${task.cwd}`
  const { rlimits } = limits
  const locked = host.root ? 'unlimited' : ''
  const shim = [paths.records, paths.cgroup ?? '', rlimits.files, rlimits.processes, rlimits.data, locked]
  const chain = [...launcher(user, facts, host), '/bin/sh', `${paths.run}/${TASK_FILE}`]
  const script = taskScript({ argv: task.argv, environment, cwd })
  const launchName = `launch-${preparation}`
  const launch = launchScript([...shim, ...chain], paths.records)
  return {
    steps: [
      ...prepareSteps(task, facts, paths, owner, limits.settings),
      { kind: 'file', below: paths.run, path: TASK_FILE, content: script, owner, mode: 0o400 },
      { kind: 'file', below: paths.run, path: launchName, content: launch, owner: null, mode: 0o400 },
      { kind: 'directory_exists', path: cwd },
      { kind: 'program_exists', program: task.argv[0] ?? '', path: environment.PATH ?? '', cwd },
    ],
    launchFile: `${paths.run}/${launchName}`,
    paths,
    isolation: { user, containment: paths.cgroup === null ? 'session' : 'cgroup' },
    limits: limits.reports,
    exclusiveUid: owner?.uid ?? null,
  }
}
