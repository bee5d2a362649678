/**
 * A machine's life: the one table of states and of what leads from each to which. `docs/machine-life.md` is
 * printed from it. Connection, cordon and health stand beside it and are never mixed into it.
 */
export const lifecycle = {
  pending: { approve: 'validating', quarantine: 'quarantined', retire: 'retired', enrol_again: 'pending' },
  validating: {
    pass: 'available',
    fail: 'quarantined',
    revalidate: 'validating',
    quarantine: 'quarantined',
    retire: 'retired',
    enrol_again: 'pending',
  },
  available: {
    allocate: 'allocated',
    revalidate: 'validating',
    quarantine: 'quarantined',
    retire: 'retired',
    enrol_again: 'pending',
  },
  allocated: { release: 'sanitising', retire_dead: 'retired' },
  sanitising: { prove_clean: 'validating', fail: 'quarantined', retire_dead: 'retired' },
  quarantined: {
    revalidate: 'validating',
    sanitise_again: 'sanitising',
    retire: 'retired',
    enrol_again: 'pending',
  },
  retired: {},
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>

export type MachineState = keyof typeof lifecycle

export type MachineTrigger =
  | 'approve'
  | 'pass'
  | 'fail'
  | 'allocate'
  | 'release'
  | 'prove_clean'
  | 'quarantine'
  | 'revalidate'
  | 'sanitise_again'
  | 'retire'
  | 'retire_dead'
  | 'enrol_again'

const table: Readonly<Record<MachineState, Readonly<Partial<Record<MachineTrigger, MachineState>>>>> = lifecycle

export const machineStates = [
  'pending',
  'validating',
  'available',
  'allocated',
  'sanitising',
  'quarantined',
  'retired',
] as const satisfies readonly MachineState[]

/** The state that a trigger leads to, or undefined where it is not allowed. */
export function next(state: MachineState, trigger: MachineTrigger): MachineState | undefined {
  return table[state][trigger]
}

/** What may happen to a machine in a state. */
export function triggersOf(state: MachineState): readonly [trigger: string, to: string][] {
  return Object.entries(table[state])
}
