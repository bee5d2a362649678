import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import * as v from 'valibot'
import { writePrivateFile } from '../../shared/files.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Baseline } from './baseline.ts'

export const BASELINE_FILE = 'baseline.json'

const NAMES = v.record(v.string(), v.string())
const FILE = v.object({
  version: v.literal(1),
  digest: v.string(),
  baseline: v.object({ file: NAMES, setuid: NAMES, sysctl: NAMES, module: NAMES, listener: NAMES, mount: NAMES }),
})

const digestOf = (baseline: Baseline): string => createHash('sha256').update(JSON.stringify(baseline)).digest('hex')

/** Null: none was taken yet. One that was altered or cannot be read is refused: it would prove nothing. */
export function readBaseline(path: string): Result<Baseline | null, string> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(null)
    return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = v.safeParse(FILE, parseJson(text))
  if (!parsed.success) return refuse(`${path} is damaged: ${parsed.issues[0].message}`)
  const { baseline, digest } = parsed.output
  return digestOf(baseline) === digest ? ok(baseline) : refuse(`${path} is damaged: its digest is another one`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function writeBaseline(path: string, baseline: Baseline): void {
  writePrivateFile(path, JSON.stringify({ version: 1, digest: digestOf(baseline), baseline }))
}

/** The next validation takes a new one. True where there was one. */
export function forgetBaseline(path: string): boolean {
  try {
    rmSync(path)
    return true
  } catch {
    return false
  }
}
