/** A placement's life, as both sides speak of it. Ending phases have no successor. */
export const placementPhases = {
  preparing: ['prepared', 'starting', 'running', 'stopping', 'exited', 'failed', 'lost', 'timed_out'],
  prepared: ['starting', 'running', 'stopping', 'exited', 'failed', 'lost', 'timed_out'],
  starting: ['running', 'stopping', 'exited', 'failed', 'lost', 'timed_out'],
  // A machine says that it runs once the task's parent does: that the task itself could not start is known later.
  running: ['stopping', 'exited', 'failed', 'lost', 'timed_out'],
  stopping: ['exited', 'failed', 'lost', 'timed_out'],
  exited: [],
  failed: [],
  lost: [],
  timed_out: [],
} as const

export type PlacementPhase = keyof typeof placementPhases

const successors: Readonly<Record<PlacementPhase, readonly PlacementPhase[]>> = placementPhases

export function mayFollow(from: PlacementPhase, to: PlacementPhase): boolean {
  return successors[from].includes(to)
}

/** Whether the placement's task is over, or nobody can ever say more about it. */
export function isOver(phase: PlacementPhase): boolean {
  return successors[phase].length === 0
}
