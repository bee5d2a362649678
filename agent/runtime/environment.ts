import type { TaskSpec } from '../../shared/model/task.ts'
import type { Membership, PlacementFacts } from './types.ts'

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What a task finds in its environment, and what each says. The tenant's own values win over all but BILLET_. */
export const ENVIRONMENT = {
  BILLET_WORKLOAD: 'id of the workload',
  BILLET_PLACEMENT: 'id of this placement',
  BILLET_TENANT: "the tenant's name",
  BILLET_RANK: 'rank of this machine in the workload, from 0; its own for as long as it is a member',
  BILLET_WORLD_SIZE: 'number of machines in the workload at its start',
  BILLET_ARRAY_INDEX: 'which of an array of workloads it is, from 0',
  BILLET_ARRAY_SIZE: 'number of workloads in the array; 1 for one alone',
  BILLET_PEERS: 'addresses of all machines at its start, in rank order, joined by commas',
  BILLET_PEERS_FILE: 'file that says which machines the workload has now: written anew when they are others',
  BILLET_SCRATCH: 'directory of this placement; gone when the machine is handed back',
  BILLET_SECRETS_DIR: 'directory that holds one file per secret',
  BILLET_HOSTFILE: 'file for mpirun --hostfile: one line "<address> slots=<n>" per machine',
  MASTER_ADDR: 'address of rank 0, as torch.distributed reads it',
  MASTER_PORT: 'port for rank 0 to listen on',
  RANK: 'its place among them, from 0: right for one process per machine (init_method env://); torchrun sets its own',
  WORLD_SIZE: 'as BILLET_WORLD_SIZE: right for one process per machine; torchrun sets its own',
  NODE_RANK: 'as RANK, for `torchrun --node-rank`',
  NNODES: 'as BILLET_WORLD_SIZE, for `torchrun --nnodes`',
  PET_NNODES: 'default of `torchrun --nnodes`',
  PET_NODE_RANK: 'default of `torchrun --node-rank`',
  PET_MASTER_ADDR: 'default of `torchrun --master-addr`',
  PET_MASTER_PORT: 'default of `torchrun --master-port`',
  HOME: 'as BILLET_SCRATCH',
  TMPDIR: 'as BILLET_SCRATCH',
  PATH: DEFAULT_PATH,
  USER: "the tenant's name",
  LOGNAME: "the tenant's name",
  SHELL: '/bin/sh',
  LANG: 'C.UTF-8',
} as const

export type EnvironmentPaths = {
  readonly scratch: string
  readonly secrets: string
  readonly hostfile: string
  readonly peers: string
}

type Variable = keyof typeof ENVIRONMENT

// LOCAL_RANK is left out on purpose: it is a process's place within its machine, and libraries that find it
// take one GPU instead of all.
export function taskEnvironment(
  task: TaskSpec,
  facts: PlacementFacts,
  paths: EnvironmentPaths,
): Readonly<Record<string, string>> {
  // Where machines have left, ranks have gaps: frameworks count without.
  const place = String(facts.peers.findIndex((peer) => peer.rank === facts.rank))
  const worldSize = String(facts.peers.length)
  const master = facts.peers[0]?.address ?? '127.0.0.1'
  const port = String(facts.masterPort)
  const given: Readonly<Record<Variable, string>> = {
    BILLET_WORKLOAD: facts.workloadId,
    BILLET_PLACEMENT: facts.placementId,
    BILLET_TENANT: facts.tenant,
    BILLET_RANK: String(facts.rank),
    BILLET_WORLD_SIZE: worldSize,
    BILLET_ARRAY_INDEX: String(facts.array.index),
    BILLET_ARRAY_SIZE: String(facts.array.size),
    BILLET_PEERS: facts.peers.map(({ address }) => address).join(','),
    BILLET_PEERS_FILE: paths.peers,
    BILLET_SCRATCH: paths.scratch,
    BILLET_SECRETS_DIR: paths.secrets,
    BILLET_HOSTFILE: paths.hostfile,
    MASTER_ADDR: master,
    MASTER_PORT: port,
    RANK: place,
    WORLD_SIZE: worldSize,
    NODE_RANK: place,
    NNODES: worldSize,
    PET_NNODES: worldSize,
    PET_NODE_RANK: place,
    PET_MASTER_ADDR: master,
    PET_MASTER_PORT: port,
    HOME: paths.scratch,
    TMPDIR: paths.scratch,
    PATH: DEFAULT_PATH,
    USER: facts.tenant,
    LOGNAME: facts.tenant,
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
  }
  const own = Object.entries(task.env).filter(([name]) => !name.startsWith('BILLET_'))
  return { ...given, ...Object.fromEntries(own) }
}

/** The hostfile as Open MPI reads it, ranks in order. */
export function hostfile(facts: PlacementFacts): string {
  return facts.peers.map(({ address }) => `${address} slots=${facts.slots}\n`).join('')
}

/** What the peers file says: JSON, one machine in each line, in the order of their ranks. */
export function peersText({ generation, peers }: Membership): string {
  const lines = peers.map(({ rank, address, group }) => `    ${JSON.stringify({ rank, address, group })}`)
  return `{\n  "generation": ${generation},\n  "peers": [\n${lines.join(',\n')}\n  ]\n}\n`
}
