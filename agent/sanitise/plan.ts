/** All that a hand-back needs to know of a placement and of the machine. */
export type SanitiseFacts = {
  readonly scratch: string
  readonly run: string
  /** The tenant's own uid; null where tasks run as the agent's user. */
  readonly uid: number | null
  /** Directories that every user may write to. */
  readonly sharedDirectories: readonly string[]
  readonly mountPoints: readonly string[]
}

/** One step, and by which check it is proved. */
export type SanitiseStep =
  | { readonly kind: 'kill'; readonly name: string; readonly proof: string }
  | {
      readonly kind: 'refuse_mounts'
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

const isBelow = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`)

/** The shared directories, each once: where one lies within another, the outer's sweep covers it. */
function outermost(directories: readonly string[]): string[] {
  const unique = [...new Set(directories)]
  return unique.filter((one) => !unique.some((other) => other !== one && isBelow(one, other)))
}

/**
 * What makes a machine clean after a placement, in order. Processes go first, since what lives could write
 * again; and they are looked for once more at the end.
 */
export function planSanitise(facts: SanitiseFacts): readonly SanitiseStep[] {
  const { scratch, run, uid } = facts
  const mounts = facts.mountPoints.filter((point) => isBelow(point, scratch) || isBelow(point, run))
  const steps: SanitiseStep[] = [
    { kind: 'kill', name: 'kill_processes', proof: 'a look finds no process of the placement' },
    { kind: 'refuse_mounts', name: 'check_mounts', proof: 'nothing is mounted in its directories', mounts },
    { kind: 'remove_tree', name: 'remove_scratch', proof: `${scratch} is not there`, path: scratch },
    { kind: 'remove_tree', name: 'remove_secrets', proof: `${run} is not there`, path: run },
  ]
  if (uid !== null) {
    for (const directory of outermost(facts.sharedDirectories)) {
      const proof = `a pass over ${directory} finds nothing of the uid`
      steps.push({ kind: 'remove_owned', name: `sweep ${directory}`, proof, directory, uid })
    }
    steps.push({ kind: 'remove_ipc', name: 'remove_ipc', proof: 'System V IPC lists nothing of the uid', uid })
  }
  steps.push({ kind: 'remove_cgroup', name: 'remove_cgroup', proof: 'its cgroup is not there' })
  steps.push({ kind: 'verify_no_process', name: 'verify_no_process', proof: 'a last look finds no process' })
  return steps
}
