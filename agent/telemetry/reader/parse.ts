import * as v from 'valibot'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { METRICS_MAX, type Message } from './protocol.ts'

const text = v.pipe(v.string(), v.maxLength(300))
const metric = v.object({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]{0,120}$/)),
  unit: v.pipe(v.string(), v.maxLength(50)),
  labels: v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_]{1,40}$/)), v.pipe(v.string(), v.maxLength(128))),
  kind: v.picklist(['gauge', 'counter']),
})
const schema = v.variant('kind', [
  v.object({ kind: v.literal('asking'), about: v.optional(v.pipe(v.string(), v.maxLength(64))) }),
  v.object({ kind: v.literal('answered') }),
  v.object({ kind: v.literal('unloadable'), reason: text }),
  v.object({ kind: v.literal('shape'), metrics: v.pipe(v.array(metric), v.maxLength(METRICS_MAX)) }),
  v.object({ kind: v.literal('values'), values: v.custom<Float64Array>(isNumbers), problem: v.nullable(v.string()) }),
  v.object({
    kind: v.literal('xid'),
    uuid: v.pipe(v.string(), v.maxLength(64)),
    xid: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff)),
  }),
])

const PROBLEM_MAX = 500

/** Never throws, whatever the line is. */
export function parse(line: string): Result<Message, string> {
  let data: unknown
  try {
    data = JSON.parse(line)
  } catch {
    return refuse('a line that is no JSON')
  }
  const parsed = v.safeParse(schema, numbered(data))
  if (!parsed.success) return refuse(`a message of another form: ${parsed.issues[0].message}`)
  const message = parsed.output
  if (message.kind !== 'values' || message.problem === null) return ok(message)
  return ok({ ...message, problem: message.problem.slice(0, PROBLEM_MAX) })
}

function isNumbers(values: unknown): boolean {
  return values instanceof Float64Array && values.length <= METRICS_MAX
}

/** The numbers are the bulk of it, and are checked in one pass of their own. */
function numbered(data: unknown): unknown {
  if (typeof data !== 'object' || data === null || !('values' in data) || !Array.isArray(data.values)) return data
  const list: readonly unknown[] = data.values
  const values = new Float64Array(list.length)
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index]
    if (value !== null && typeof value !== 'number') return null
    values[index] = value ?? Number.NaN
  }
  return { ...data, values }
}
