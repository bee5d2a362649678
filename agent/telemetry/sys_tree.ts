import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { numberOf } from './lines.ts'
import { type FoundFile } from './found_files.ts'
import type { Metric } from '../../shared/model/telemetry.ts'

const WORD_MAX = 64
const NAMES_MAX = 4096

/** What is in a folder, in the order of the numbers in the names; nothing where there is no such folder. */
export function namesIn(folder: string, pattern = /^/): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .slice(0, NAMES_MAX)
      .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  } catch {
    return []
  }
}

/** The first line of a file that names something, trimmed and bounded; empty where it cannot be read. */
export function wordIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0]?.trim().slice(0, WORD_MAX) ?? ''
  } catch {
    return ''
  }
}

/** Where a link of /sys leads, as its last two names; empty where it leads nowhere. */
export function placeOf(link: string): readonly [parent: string, name: string] | null {
  try {
    const path = realpathSync(link)
    return [basename(dirname(path)), basename(path)]
  } catch {
    return null
  }
}

/** A file with one whole number in its first line. */
export function numberFile(path: string, metric: Metric, scale = 1): FoundFile {
  return fileOf(path, metric, (word) => numberOf(word) * scale)
}

/** A file of which one word is understood. */
export function fileOf(path: string, metric: Metric, understand: (word: string) => number): FoundFile {
  return {
    path,
    metrics: [metric],
    parse: (text, values, offset) => {
      const end = text.indexOf('\n', 1)
      values[offset] = understand(text.slice(1, end < 0 ? undefined : end).trim())
    },
  }
}

export function optional(file: FoundFile): FoundFile {
  return { ...file, isOptional: true }
}

/** Those of some files that this machine has. */
export function existing(files: readonly FoundFile[]): readonly FoundFile[] {
  return files.filter((file) => existsSync(file.path))
}
