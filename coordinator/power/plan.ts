import type { PowerAction, PowerChange, PowerState } from '../../shared/model/power.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type BootFacts, type SystemFacts, nextBootOf } from './facts.ts'
import type { Quirks } from './quirks.ts'

/** What was done so far of one change. Times are milliseconds of one clock that never goes back. */
export type Progress = {
  /** The boot override was sent, or was there. */
  readonly bootSentAt: number | null
  readonly sent: readonly SentReset[]
  /** A cycle: since when it was seen off. */
  readonly offSince: number | null
}

type SentReset = { readonly type: string; readonly at: number; readonly outcome: ResetOutcome }

/** `not_done`: the BMC was not ready to take it; `unknown`: no answer came, or one that does not say. */
export type ResetOutcome = 'accepted' | 'refused' | 'not_done' | 'unknown'

export const NOTHING_DONE: Progress = { bootSentAt: null, sent: [], offSince: null }

export type Step =
  | { readonly kind: 'set_boot'; readonly path: string; readonly etag: string; readonly boot: BootBody }
  | { readonly kind: 'reset'; readonly target: string; readonly type: string }
  /** Look again, after so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'done'; readonly already: boolean }
  /** The BMC cannot do it; the sentence says what it offers. */
  | { readonly kind: 'unsupported'; readonly message: string }

type BootBody = Readonly<Record<string, string>>

const LOOK_LEAST_MS = 250
const LOOK_MOST_MS = 2000
const BOOT_SETTLE_MS = 15_000
/** A BMC that refused a reset may take it a moment later: it is between two states. */
const REFUSED_MS = 5000
const REFUSALS_MAX = 6

/** From what the BMC said last, and what was done, to what is done next. */
export function nextStep(
  change: PowerChange,
  seen: SystemFacts,
  progress: Progress,
  quirks: Quirks,
  now: number,
): Step {
  if (change.nextBoot !== null && nextBootOf(seen.boot) !== change.nextBoot) {
    const step = bootStep(change.nextBoot, seen.boot, progress, quirks, now)
    // Once it has started from there, an override for once is over.
    if (step !== null && progress.sent.length === 0) return step
  }
  const nothing = progress.sent.length === 0 && progress.bootSentAt === null
  if (change.action === null) return { kind: 'done', already: nothing }
  const goal = goalOf(change.action, seen, progress)
  if (seen.state === goal && (goal === 'on' || change.action !== 'cycle')) return { kind: 'done', already: nothing }
  return resetStep(change.action, goal, seen, progress, quirks, now)
}

/** What a cycle waits for now; others have one goal. */
function goalOf(action: PowerAction, { state }: SystemFacts, { sent, offSince }: Progress): 'on' | 'off' {
  if (action !== 'cycle') return action === 'on' ? 'on' : 'off'
  return state === 'off' || offSince !== null || sent.some(({ type }) => ON.includes(type)) ? 'on' : 'off'
}

const ON: readonly string[] = ['On', 'ForceOn']

/** What may be sent for each goal, the best first. Off is never replaced by asking, nor asking by off. */
const TYPES = {
  on: ['On', 'ForceOn', 'PushPowerButton'],
  off: ['ForceOff'],
  graceful: ['GracefulShutdown', 'PushPowerButton'],
} as const

/** Sent again while the state is not reached: whether they were done or not, doing them makes it no worse. */
const REPEATABLE: readonly string[] = ['On', 'ForceOn', 'ForceOff']

function resetStep(
  action: PowerAction,
  goal: 'on' | 'off',
  seen: SystemFacts,
  progress: Progress,
  quirks: Quirks,
  now: number,
): Step {
  const wanted = goal === 'on' ? 'on' : action === 'graceful' ? 'graceful' : 'off'
  const last = progress.sent.filter(({ type }) => TYPES[wanted].some((one) => one === type)).at(-1)
  const waited = last === undefined ? 0 : now - last.at
  const look = { kind: 'wait', ms: lookAfter(waited) } as const
  const isUnderWay = goal === 'on' ? GOING.includes(seen.state) : seen.state === 'powering_off' && wanted === 'graceful'
  if (isUnderWay) return look
  if (last === undefined) return firstReset(action, wanted, seen, progress, quirks, now)
  const reset = { kind: 'reset', target: seen.resetTarget, type: last.type } as const
  if (last.outcome === 'refused' || last.outcome === 'not_done') {
    const refusals = progress.sent.filter(({ type, outcome }) => type === last.type && outcome === 'refused').length
    if (refusals >= REFUSALS_MAX) {
      return { kind: 'unsupported', message: `it refuses ${last.type} while the machine is ${seen.state}` }
    }
    return waited >= REFUSED_MS ? reset : { kind: 'wait', ms: REFUSED_MS - waited }
  }
  const isOnItsWay = seen.state === 'powering_off'
  return REPEATABLE.includes(last.type) && waited >= quirks.settleMs && !isOnItsWay ? reset : look
}

const GOING: readonly PowerState[] = ['powering_on', 'powering_off']

/** Soon after an order, then more and more seldom. */
const lookAfter = (waited: number): number => Math.min(LOOK_MOST_MS, Math.max(LOOK_LEAST_MS, waited / 4))

function firstReset(
  action: PowerAction,
  wanted: keyof typeof TYPES,
  seen: SystemFacts,
  progress: Progress,
  quirks: Quirks,
  now: number,
): Step {
  const type = resetTypeFor(wanted, seen)
  if (!type.ok) return { kind: 'unsupported', message: type.error }
  // What cannot be switched on again is found out before it is switched off.
  const back = action === 'cycle' ? resetTypeFor('on', { ...seen, state: 'off' }) : type
  if (!back.ok) return { kind: 'unsupported', message: back.error }
  const rested = now - (progress.offSince ?? now)
  const rests = action === 'cycle' && wanted === 'on' && progress.sent.length > 0 && rested < quirks.restMs
  return rests
    ? { kind: 'wait', ms: quirks.restMs - rested }
    : { kind: 'reset', target: seen.resetTarget, type: type.value }
}

/** Which ResetType is sent; the refusal says what the BMC offers. */
export function resetTypeFor(
  wanted: keyof typeof TYPES,
  { resetTypes, resetTarget, state }: Pick<SystemFacts, 'resetTypes' | 'resetTarget' | 'state'>,
): Result<string, string> {
  if (resetTarget === '') return refuse('it offers no action ComputerSystem.Reset')
  // A button does the opposite where the state is another than it seems.
  const isSure = state === (wanted === 'on' ? 'off' : 'on')
  const usable = TYPES[wanted].filter((type) => type !== 'PushPowerButton' || (isSure && resetTypes !== null))
  const type = resetTypes === null ? usable[0] : usable.find((one) => resetTypes.includes(one))
  if (type !== undefined) return ok(type)
  return refuse(`it offers none of ${usable.join(', ')}, but ${resetTypes?.join(', ') || 'nothing'}`)
}

function bootStep(
  wanted: NonNullable<PowerChange['nextBoot']>,
  boot: BootFacts,
  { bootSentAt }: Progress,
  quirks: Quirks,
  now: number,
): Step | null {
  if (bootSentAt !== null) {
    if (now - bootSentAt < BOOT_SETTLE_MS) return { kind: 'wait', ms: lookAfter(now - bootSentAt) }
    const said = `${boot.target || 'nothing'}, ${boot.enabled || 'nothing'}`
    return { kind: 'unsupported', message: `it took the boot override and does not show it: it says ${said}` }
  }
  const body = bootBody(wanted, boot, quirks)
  if (!body.ok) return { kind: 'unsupported', message: body.error }
  return { kind: 'set_boot', path: boot.path, etag: quirks.wantsEtag ? boot.etag : '', boot: body.value }
}

/** What is sent as the system's Boot. */
export function bootBody(
  wanted: NonNullable<PowerChange['nextBoot']>,
  boot: BootFacts,
  quirks: Quirks,
): Result<BootBody, string> {
  const enabled = { network: 'Once', network_always: 'Continuous', none: 'Disabled' }[wanted]
  if (boot.enableds !== null && !boot.enableds.includes(enabled)) {
    return refuse(`it offers no boot override ${enabled}, but ${boot.enableds.join(', ') || 'nothing'}`)
  }
  const target = wanted === 'none' ? (quirks.keepsTarget ? null : 'None') : networkTarget(boot, quirks)
  if (target === undefined) {
    return refuse(`it offers no start by network, but ${boot.targets?.join(', ') || 'nothing'}`)
  }
  const mode = quirks.repeatsBootMode ? { BootSourceOverrideMode: boot.mode || 'UEFI' } : {}
  const where = target === null ? {} : { BootSourceOverrideTarget: target }
  return ok({ BootSourceOverrideEnabled: enabled, ...where, ...mode })
}

function networkTarget({ targets }: BootFacts, { networkTargets }: Quirks): string | undefined {
  return targets === null ? networkTargets[0] : networkTargets.find((one) => targets.includes(one))
}
