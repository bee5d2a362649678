import { NO_PROCESS_LEFT } from '../../shared/model/run.ts'
import type { DevicePlan } from './erase_plan.ts'

/** All that a hand-back needs to know of a placement and of the machine. */
export type SanitiseFacts = {
  readonly scratch: string
  readonly run: string
  /** The tenant's own uid; null where tasks run as the agent's user. */
  readonly uid: number | null
  /** Directories that every user may write to. */
  readonly sharedDirectories: readonly string[]
  readonly mountPoints: readonly string[]
  /** What cleans the machine as a whole; empty where the agent shares it with others. */
  readonly machineSteps: readonly MachineStep[]
  /** Comes after all others. */
  readonly lastStep: MachineStep | null
}

/** A step that cleans what is the machine's as a whole, and by which check it is proved. */
export type MachineStep = { readonly name: string; readonly proof: string } & (
  | { readonly kind: 'drop_caches' | 'gpu_holders' | 'gpu_reset' | 'baseline' }
  | { readonly kind: 'program'; readonly program: string }
  /** Text: why nothing could be planned for it. */
  | { readonly kind: 'erase_device'; readonly path: string; readonly device: DevicePlan | string }
)

/** One step, and by which check it is proved. */
export type SanitiseStep =
  | { readonly kind: 'kill'; readonly name: string; readonly proof: string }
  | {
      readonly kind: 'unmount'
      readonly name: string
      readonly proof: string
      readonly mounts: readonly string[]
    }
  | { readonly kind: 'remove_tree'; readonly name: string; readonly proof: string; readonly path: string }
  | {
      readonly kind: 'remove_owned'
      readonly name: string
      readonly proof: string
      readonly directory: string
      readonly uid: number
    }
  | { readonly kind: 'remove_ipc'; readonly name: string; readonly proof: string; readonly uid: number }
  | { readonly kind: 'remove_cgroup'; readonly name: string; readonly proof: string }
  | { readonly kind: 'verify_no_process'; readonly name: string; readonly proof: string }
  | { readonly kind: 'machine'; readonly name: string; readonly proof: string; readonly step: MachineStep }

const isBelow = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`)

/**
 * What makes a machine clean after a placement, in order. Processes go first, since what lives could write
 * again; and they are looked for once more at the end.
 */
export function planSanitise(facts: SanitiseFacts): readonly SanitiseStep[] {
  const { scratch, run, uid } = facts
  const own = (point: string): boolean => [scratch, run, ...userDirectories(uid)].some((path) => isBelow(point, path))
  // What was mounted last lies on top, and goes first.
  const mounts = facts.mountPoints.filter(own).toReversed()
  const steps: SanitiseStep[] = [
    { kind: 'kill', name: 'kill_processes', proof: 'a look finds no process of the placement' },
    { kind: 'unmount', name: 'unmount', proof: 'nothing is mounted in its directories', mounts },
    { kind: 'remove_tree', name: 'remove_scratch', proof: `${scratch} is not there`, path: scratch },
    { kind: 'remove_tree', name: 'remove_secrets', proof: `${run} is not there`, path: run },
  ]
  if (uid !== null) {
    for (const directory of new Set(facts.sharedDirectories)) {
      const proof = `a pass over ${directory} finds nothing of the uid`
      steps.push({ kind: 'remove_owned', name: `sweep ${directory}`, proof, directory, uid })
    }
    steps.push({ kind: 'remove_ipc', name: 'remove_ipc', proof: 'System V IPC lists nothing of the uid', uid })
  }
  for (const step of facts.machineSteps) steps.push(ofMachine(step))
  steps.push({ kind: 'remove_cgroup', name: 'remove_cgroup', proof: 'its cgroup is not there' })
  steps.push({ kind: 'verify_no_process', name: NO_PROCESS_LEFT, proof: 'a last look finds no process' })
  if (facts.lastStep !== null) steps.push(ofMachine(facts.lastStep))
  return steps
}

const ofMachine = (step: MachineStep): SanitiseStep => ({
  kind: 'machine',
  name: step.name,
  proof: step.proof,
  step,
})

/** What the system keeps for a user who is, or was, logged in. */
const userDirectories = (uid: number | null): readonly string[] => (uid === null ? [] : [`/run/user/${uid}`])
