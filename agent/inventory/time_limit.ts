import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Milliseconds } from '../../shared/model/time.ts'

/** The outcome of `work`, or a refusal in words when it fails or is not there in time. It is not stopped then. */
export async function withinTime<Value>(
  name: string,
  limit: Milliseconds,
  work: () => Promise<Value>,
): Promise<Result<Value, string>> {
  const { promise: tooLate, resolve } = Promise.withResolvers<Result<Value, string>>()
  const timer = setTimeout(() => resolve(refuse(`${name} gave no answer within ${limit / 1000} s`)), limit)
  try {
    return await Promise.race([settle(name, work), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

async function settle<Value>(name: string, work: () => Promise<Value>): Promise<Result<Value, string>> {
  try {
    return ok(await work())
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return refuse(`${name}: ${words.replace(/\s+/g, ' ').trim().slice(0, 200)}`)
  }
}
