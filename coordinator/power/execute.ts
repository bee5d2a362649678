import type { PowerChange, PowerChanged } from '../../shared/model/power.ts'
import { type Result, assertNever, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import { type RedfishClient, messageIn } from './client.ts'
import { type BmcFailure, bmcFailure } from './failures.ts'
import { NOTHING_DONE, type Progress, type ResetOutcome, type Step, nextStep } from './plan.ts'
import { systemSettings } from './resources.ts'
import { type Found, type Seen, SystemReader } from './system.ts'
import type { Answer } from './transport.ts'

type Execution = {
  readonly client: RedfishClient
  readonly found: Found
  readonly change: PowerChange
  readonly clock: Pick<Clock, 'monotonic'>
  /** Fires at the end of the time, and when who asked has gone. */
  readonly signal: AbortSignal
  /** Asked right before the first order is sent. */
  readonly mayGoOn: () => boolean
}

const RETRY_MS = 1000
const ETAG_TRIES = 3

/** Carries out what the plan says, step by step; each begins with a look at what the BMC says. */
export async function carryOut(execution: Execution): Promise<Result<PowerChanged, BmcFailure>> {
  const { client, found, change, clock, signal, mayGoOn } = execution
  const reader = new SystemReader(client, found)
  let progress = NOTHING_DONE
  let last: Seen | null = null
  let refusal = ''
  let isBegun = false
  for (;;) {
    const seen = await reader.look(change.nextBoot !== null)
    if (last !== null && (signal.aborted || (!seen.ok && seen.error.kind === 'unreachable'))) {
      return refuse(late(last, progress))
    }
    if (!seen.ok) return seen
    last = seen.value
    progress = withOff(progress, seen.value, clock.monotonic())
    const step = nextStep(change, seen.value.facts, progress, found.quirks, clock.monotonic())
    if (step.kind === 'done') return ok({ status: seen.value.status, already: step.already })
    if (step.kind === 'unsupported') return refuse(unsupported(step.message, refusal))
    if (step.kind === 'wait') {
      await client.pause(step.ms)
      continue
    }
    if (!isBegun && !mayGoOn())
      return refuse(bmcFailure('held', 'A tenant got the machine meanwhile; nothing was done.'))
    isBegun = true
    const done = await act(client, step, progress, clock)
    if (!done.ok) return done
    progress = done.value.progress
    refusal = done.value.refusal
  }
}

type Acted = { readonly progress: Progress; readonly refusal: string }

async function act(
  client: RedfishClient,
  step: Extract<Step, { readonly kind: 'set_boot' | 'reset' }>,
  progress: Progress,
  clock: Pick<Clock, 'monotonic'>,
): Promise<Result<Acted, BmcFailure>> {
  switch (step.kind) {
    case 'set_boot': {
      const answer = await patchBoot(client, step)
      if (answer.kind === 'answered' && isDone(answer.status)) {
        return ok({ progress: { ...progress, bootSentAt: clock.monotonic() }, refusal: '' })
      }
      if (answer.kind === 'answered' && !isLater(answer.status)) {
        return refuse(client.failureOf(answer, 'the boot override'))
      }
      if (answer.kind === 'untrusted')
        return refuse(bmcFailure('untrusted', `The BMC is not called: ${answer.message}.`))
      // Sent twice it is the same; the next look tells whether that is needed.
      await client.pause(RETRY_MS)
      return ok({ progress, refusal: '' })
    }
    case 'reset': {
      const answer = await client.send('POST', step.target, { ResetType: step.type })
      const outcome = outcomeOf(answer)
      if (outcome === null && answer.kind === 'answered') return refuse(client.failureOf(answer, step.type))
      if (answer.kind === 'untrusted')
        return refuse(bmcFailure('untrusted', `The BMC is not called: ${answer.message}.`))
      const sent = { type: step.type, at: clock.monotonic(), outcome: outcome ?? 'unknown' }
      const refusal = answer.kind === 'answered' && outcome === 'refused' ? client.scrub(messageIn(answer.body)) : ''
      return ok({ progress: { ...progress, sent: [...progress.sent, sent] }, refusal })
    }
    default:
      return assertNever(step)
  }
}

const isDone = (status: number): boolean => status >= 200 && status < 300
const isLater = (status: number): boolean => [429, 500, 502, 503, 504].includes(status)

/** Null: the BMC does not know such an order, and will not. */
function outcomeOf(answer: Answer): ResetOutcome | null {
  switch (answer.kind) {
    case 'not_sent':
      return 'not_done'
    case 'no_answer':
    case 'too_large':
      return 'unknown'
    case 'untrusted':
      return null
    case 'answered': {
      if (isDone(answer.status)) return 'accepted'
      if (answer.status === 400 || answer.status === 409) return 'refused'
      if (answer.status === 429) return 'not_done'
      return isLater(answer.status) ? 'unknown' : null
    }
    default:
      return assertNever(answer)
  }
}

/** With If-Match where the BMC asks for it; some know their own weak tags only without the mark. */
async function patchBoot(client: RedfishClient, step: Extract<Step, { readonly kind: 'set_boot' }>): Promise<Answer> {
  let etag = step.etag
  for (let tries = 1; ; tries += 1) {
    const answer = await client.send('PATCH', step.path, { Boot: step.boot }, etag)
    const asksForEtag = answer.kind === 'answered' && [412, 428].includes(answer.status)
    if (!asksForEtag || tries === ETAG_TRIES) return answer
    const fresh = await client.get(step.path, systemSettings)
    if (!fresh.ok) return answer
    const tag = fresh.value.etag || fresh.value.resource['@odata.etag']
    etag = tag === etag ? tag.replace(/^W\//, '') : tag
  }
}

const withOff = (progress: Progress, { facts }: Seen, now: number): Progress =>
  facts.state === 'off' && progress.sent.length > 0 && progress.offSince === null
    ? { ...progress, offSince: now }
    : progress

function unsupported(message: string, refusal: string): BmcFailure {
  return bmcFailure('unsupported', `The BMC cannot do this: ${message}${refusal === '' ? '' : ` (${refusal})`}.`)
}

function late(last: Seen, { sent, bootSentAt }: Progress): BmcFailure {
  const orders = sent.map(({ type, outcome }) => `${type} (${outcome.replace('_', ' ')})`)
  const were = [...(bootSentAt === null ? [] : ['boot override']), ...orders].join(', ')
  const state = last.facts.state.replace('_', ' ')
  const sentence = `The machine is not as ordered in time: its BMC last said ${state}. Sent: ${were || 'nothing'}.`
  return bmcFailure('not_reached', sentence)
}
