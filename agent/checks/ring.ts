import * as v from 'valibot'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** The word for it, and the name of what it measures. */
export const NETWORK = 'network'

const MEMBER = v.object({ rank: v.pipe(v.number(), v.safeInteger(), v.minValue(0)), address: v.string() })
const RING = v.object({
  /** What both ends know: nobody else is listened to. */
  workload: v.string(),
  /** The one before, this one, and the one after, in the order of ranks. */
  previous: MEMBER,
  own: MEMBER,
  next: MEMBER,
  port: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(65_535)),
  bandwidthLeast: v.pipe(v.number(), v.minValue(0)),
  /** How long the others may take until they are there, too. */
  patienceMs: v.pipe(v.number(), v.minValue(1)),
})

/** One machine's part in the check of the network between those of a workload. */
export type Ring = v.InferOutput<typeof RING>

export const encodeRing = (ring: Ring): string => JSON.stringify(ring)

export function readRing(text: string): Result<Ring, string> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return refuse('expected JSON')
  }
  const parsed = v.safeParse(RING, json)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  return refuse(`${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
}
