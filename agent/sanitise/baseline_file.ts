import { rmSync } from 'node:fs'
import * as v from 'valibot'
import type { Result } from '../../shared/model/result.ts'
import type { Baseline } from './baseline.ts'
import { SealedFile } from './sealed_file.ts'

export const BASELINE_FILE = 'baseline.json'

const NAMES = v.record(v.string(), v.string())
const sealed = new SealedFile<Baseline>(
  'baseline',
  v.object({ file: NAMES, setuid: NAMES, sysctl: NAMES, module: NAMES, listener: NAMES, mount: NAMES }),
)

/** Null: none was taken yet. One that was altered or cannot be read is refused: it would prove nothing. */
export const readBaseline = (path: string): Result<Baseline | null, string> => sealed.read(path)

export const writeBaseline = (path: string, baseline: Baseline): void => sealed.write(path, baseline)

/** The next validation takes a new one. True where there was one. */
export function forgetBaseline(path: string): boolean {
  try {
    rmSync(path)
    return true
  } catch {
    return false
  }
}
