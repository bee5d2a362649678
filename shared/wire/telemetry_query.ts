import {
  type Combination,
  type GroupKey,
  type Spans,
  type TelemetryQuery,
  parseGroupKey,
  parseSelector,
} from '../model/telemetry_query.ts'
import { type Instant, type Milliseconds, instant, milliseconds, minutes } from '../model/time.ts'
import { count, durationOf, enumWord, invalid, list, optionalInstant, parsed } from './check.ts'
import { combinations, overTimes } from './enums.ts'
import type { QueryRequest__Output } from './gen/types/billet/v1/QueryRequest.ts'

const SPAN = minutes(5)
const SPAN_MAX = minutes(60 * 24 * 30)
const STEPS_MAX = 1000
const TOP_MAX = 10_000
const KEYS_MAX = 8

export function decodeQuery(wire: QueryRequest__Output, now: Instant): TelemetryQuery {
  const { top, lowest } = wire
  if (lowest && top === 0) invalid('top', 'expected how many series, since the lowest are asked for')
  return {
    selector: parsed('selector', wire.selector, parseSelector),
    overTime: wire.over_time === 0 ? 'last' : enumWord('over_time', overTimes, wire.over_time),
    spans: decodeSpans(wire, now),
    combine: decodeCombine(wire),
    top: top === 0 ? null : { count: count('top', top, 1, TOP_MAX), lowest },
  }
}

function decodeSpans({ end_time: endTime, span: asked, step: every }: QueryRequest__Output, now: Instant): Spans {
  const end = optionalInstant('end_time', endTime)
  const span = atLeast('span', durationOf('span', asked, SPAN, SPAN_MAX))
  const step = atLeast('step', durationOf('step', every, span, SPAN_MAX))
  const steps = Math.max(1, Math.ceil(span / step))
  if (steps > STEPS_MAX) invalid('step', `expected at most ${STEPS_MAX} steps in the span, got ${steps}`)
  const from = instant(Math.max(0, (end ?? now) - steps * step))
  return { from, step, count: steps, isOpen: end === null }
}

function atLeast(field: string, length: Milliseconds): Milliseconds {
  return length < 1 ? invalid(field, 'expected at least a millisecond') : milliseconds(Math.round(length))
}

function decodeCombine(wire: QueryRequest__Output): TelemetryQuery['combine'] {
  const by = list('group_by', wire.group_by, KEYS_MAX).map(
    (key, index): GroupKey => parsed(`group_by[${index}]`, key, parseGroupKey),
  )
  if (wire.combine !== 0) return { by, into: decodeInto(wire) }
  return by.length === 0 ? null : invalid('combine', 'expected what becomes of the series of a group')
}

function decodeInto({ combine, quantile }: QueryRequest__Output): Combination {
  const kind = enumWord('combine', combinations, combine)
  if (kind !== 'quantile') return { kind }
  return quantile >= 0 && quantile <= 1 ? { kind, quantile } : invalid('quantile', 'expected a number from 0 to 1')
}
