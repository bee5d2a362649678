import { execFile } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import process from 'node:process'
import type { Milliseconds } from '../../shared/model/time.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

export const PROGRAM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const OUTPUT_BYTES_MAX = 1024 * 1024
const TOLD_MAX = 500

/** Whether the agent may run a site's own program as itself: nobody else could have written it. */
export function checkProgram(path: string): Result<undefined, string> {
  if (!path.startsWith('/')) return refuse(`${path}: expected an absolute path`)
  const seen = statSync(path, { throwIfNoEntry: false })
  if (seen === undefined || !seen.isFile()) return refuse(`${path} is no file`)
  if (seen.uid !== 0 && seen.uid !== process.geteuid?.()) return refuse(`${path} belongs to user ${seen.uid}, not root`)
  if ((seen.mode & 0o022) !== 0) return refuse(`${path} can be written to by others`)
  try {
    accessSync(path, constants.X_OK)
    return ok()
  } catch {
    return refuse(`${path} cannot be executed`)
  }
}

export type ProgramRun = {
  readonly argv: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly limit: Milliseconds
}

/** Runs a program to its end and answers its output; the refusal says how it failed, and the end of what it said. */
export function runProgram({ argv, environment, limit }: ProgramRun): Promise<Result<string, string>> {
  const [program = '', ...rest] = argv
  return new Promise((resolve) => {
    const env = {
      PATH: PROGRAM_PATH,
      LANG: 'C.UTF-8',
      ...environment,
    }
    const options = { env, cwd: '/', timeout: limit, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX } as const
    execFile(program, rest, options, (error, stdout, stderr) => {
      if (error === null) return resolve(ok(stdout))
      const said = lastWords(stderr === '' ? stdout : stderr)
      const how = error.killed === true ? `did not end within ${Math.round(limit / 1000)} s` : `failed (${error.code})`
      resolve(refuse(`${program} ${how}${said === '' ? '' : `: ${said}`}`))
    })
  })
}

export const lastWords = (text: string): string => text.trim().split('\n').at(-1)?.slice(-TOLD_MAX) ?? ''
