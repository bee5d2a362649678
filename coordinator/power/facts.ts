import type { NextBoot, PowerState } from '../../shared/model/power.ts'

/** What was read of a ComputerSystem, as far as the plan looks at it. */
export type SystemFacts = {
  readonly state: PowerState
  /** Where resets are sent; empty: it offers none. */
  readonly resetTarget: string
  /** Null: it does not say which. */
  readonly resetTypes: readonly string[] | null
  readonly boot: BootFacts
}

export type BootFacts = {
  /** What takes the override: the system, or the settings object beside it. */
  readonly path: string
  readonly etag: string
  readonly target: string
  readonly enabled: string
  readonly mode: string
  /** Null: it does not say which. */
  readonly targets: readonly string[] | null
  readonly enableds: readonly string[] | null
}

const STATES: Readonly<Record<string, PowerState>> = {
  On: 'on',
  Off: 'off',
  PoweringOn: 'powering_on',
  PoweringOff: 'powering_off',
  Paused: 'paused',
}

export const powerStateOf = (word: string): PowerState =>
  (Object.hasOwn(STATES, word) ? STATES[word] : undefined) ?? 'unknown'

const NETWORK = new Set(['Pxe', 'UefiHttp'])

/** Null: it starts from something else. */
export function nextBootOf({ target, enabled }: Pick<BootFacts, 'target' | 'enabled'>): NextBoot | null {
  if (enabled === 'Disabled' || target === 'None') return 'none'
  if (!NETWORK.has(target)) return null
  if (enabled === 'Once') return 'network'
  return enabled === 'Continuous' ? 'network_always' : null
}
