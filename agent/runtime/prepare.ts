import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type Result, assertNever, ok, refuse } from '../../shared/model/result.ts'
import type { CgroupSetting, Owner, PrepareStep } from './plan.ts'
import type { RuntimeFailure } from './types.ts'
import { fileFailure, oneLine } from './failure.ts'

type Outcome = Result<undefined, RuntimeFailure>

function give(path: string, owner: Owner, mode: number): void {
  // After the write, so that no umask and no change of owner takes bits away.
  if (owner !== null) chownSync(path, owner.uid, owner.gid)
  chmodSync(path, mode)
}

function freshDirectory(path: string, owner: Owner, mode: number): void {
  // Nothing of a tenant runs yet, so what an earlier attempt left behind is only our own.
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { mode: 0o700 })
  give(path, owner, mode)
}

function writeBelow(step: Extract<PrepareStep, { kind: 'file' }>): void {
  let directory = step.below
  for (const part of step.path.split('/').slice(0, -1)) {
    directory = `${directory}/${part}`
    if (mkdirSync(directory, { recursive: true }) !== undefined) give(directory, step.owner, 0o700)
  }
  const path = `${step.below}/${step.path}`
  writeFileSync(path, step.content, { flag: 'wx', mode: 0o600 })
  give(path, step.owner, step.mode)
}

function makeCgroup(path: string, settings: readonly CgroupSetting[]): Outcome {
  try {
    if (!existsSync(path)) mkdirSync(path)
  } catch (error) {
    return refuse({ kind: 'cgroup_failed', sentence: `cgroup ${path} could not be made: ${oneLine(error)}` })
  }
  for (const setting of settings) {
    try {
      writeFileSync(`${path}/${setting.file}`, setting.value)
    } catch (error) {
      if (setting.optional) continue
      const sentence = `${setting.file} of ${path} could not be set to ${setting.value}: ${oneLine(error)}`
      return refuse({ kind: 'cgroup_failed', sentence })
    }
  }
  return ok()
}

type Sight = 'absent' | 'not_executable' | 'executable'

function lookAtProgram(path: string): Sight {
  const seen = statSync(path, { throwIfNoEntry: false })
  if (seen === undefined) return 'absent'
  // Which user may run it is the kernel's to say, and it knows more than mode bits; nobody's is a plain mistake.
  return seen.isFile() && (seen.mode & 0o111) !== 0 ? 'executable' : 'not_executable'
}

function safeLook(path: string): Sight {
  try {
    return lookAtProgram(path)
  } catch {
    return 'absent'
  }
}

function findProgram(program: string, path: string, cwd: string): Outcome {
  const named = program.includes('/')
  const places = named
    ? [program.startsWith('/') ? program : `${cwd}/${program}`]
    : path.split(':').map((directory) => `${directory === '' ? cwd : directory}/${program}`)
  const sights = places.map(safeLook)
  if (sights.includes('executable')) return ok()
  const barred = places[sights.indexOf('not_executable')]
  if (barred !== undefined) {
    return refuse({ kind: 'task_not_executable', sentence: `the task's program ${barred} is no executable file` })
  }
  const where = named ? `at ${places[0]}` : `in PATH (${path})`
  return refuse({
    kind: 'task_not_found',
    sentence: `the task's program ${JSON.stringify(program)} was not found ${where}`,
  })
}

function checkDirectory(path: string): Outcome {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return ok()
  return refuse({ kind: 'cwd_not_found', sentence: `the task's working directory ${path} is not there` })
}

/** Runs one step of the plan. What to do was decided there; here it only happens. */
export function prepareStep(step: PrepareStep): Outcome {
  try {
    switch (step.kind) {
      case 'fresh_directory':
        freshDirectory(step.path, step.owner, step.mode)
        return ok()
      case 'file':
        writeBelow(step)
        return ok()
      case 'cgroup':
        return makeCgroup(step.path, step.settings)
      case 'directory_exists':
        return checkDirectory(step.path)
      case 'program_exists':
        return findProgram(step.program, step.path, step.cwd)
      default:
        return assertNever(step)
    }
  } catch (error) {
    return refuse(fileFailure(error, 'disk_full'))
  }
}
