import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import type { CommandSpec } from '../../shared/model/command.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

export type Identity = { readonly uid: number; readonly gid: number }

const NUMBER = /^(0|[1-9]\d{0,8})$/
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Finds a user by name or number in the machine's own list of users. */
export function findUser(wanted: string, passwd: string): Result<Identity, string> {
  for (const line of passwd.split('\n')) {
    const [name, , uid, gid] = line.split(':')
    if (name === undefined || uid === undefined || gid === undefined) continue
    if (name === wanted || uid === wanted) return ok({ uid: Number(uid), gid: Number(gid) })
  }
  if (NUMBER.test(wanted)) return ok({ uid: Number(wanted), gid: Number(wanted) })
  return refuse(`there is no user ${JSON.stringify(wanted.slice(0, 64))} on this machine`)
}

function identityFor(runAs: string | null): Result<Identity | null, string> {
  if (runAs === null) return ok(null)
  const found = findUser(runAs, readFileSync('/etc/passwd', 'utf8'))
  if (!found.ok) return found
  if (process.getuid?.() === 0 || process.getuid?.() === found.value.uid) return found
  return refuse(`the agent is not root and cannot run a command as ${JSON.stringify(runAs.slice(0, 64))}`)
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function startFailure(error: unknown, program: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT') return `the program ${JSON.stringify(program)} was not found`
  if (code === 'EACCES') return `the program ${JSON.stringify(program)} may not be executed`
  if (code === 'E2BIG') return 'the arguments and the environment are larger than the kernel takes'
  return error instanceof Error ? error.message : String(error)
}

/**
 * Starts a command in a session of its own. The change of user is the runtime's, made in the child before it
 * executes anything: nothing that the caller chose runs as root on the way. No supplementary groups are kept.
 */
export function startProcess(spec: CommandSpec): Promise<Result<ChildProcess, string>> {
  const identity = identityFor(spec.runAs)
  if (!identity.ok) return Promise.resolve(identity)
  const cwd = spec.cwd === '' ? '/' : spec.cwd
  if (!isDirectory(cwd)) return Promise.resolve(refuse(`the working directory ${JSON.stringify(cwd)} is not there`))
  const [program = '', ...rest] = spec.shell ? ['/bin/sh', '-c', spec.argv.join(' ')] : spec.argv
  const options: SpawnOptions = {
    cwd,
    env: { PATH: DEFAULT_PATH, LANG: 'C.UTF-8', ...spec.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(identity.value === null ? {} : { uid: identity.value.uid, gid: identity.value.gid }),
  }
  return new Promise((resolve) => {
    try {
      const child = spawn(program, rest, options)
      child.once('spawn', () => resolve(ok(child)))
      child.once('error', (error) => resolve(refuse(startFailure(error, program))))
    } catch (error) {
      resolve(refuse(startFailure(error, program)))
    }
  })
}

function sessionOf(pid: string): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const [state, , , session] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || session === undefined ? null : Number(session)
  } catch {
    return null
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone already.
  }
}

/**
 * Kills everything in the session that a command began, which it shares with no one, and in its cgroup.
 *
 * @returns how many were found.
 */
export function killSession(session: number, cgroup: string | null): number {
  if (cgroup !== null) {
    try {
      writeFileSync(`${cgroup}/cgroup.kill`, '1')
    } catch {
      // A kernel without it: the session has to do.
    }
  }
  const members = readdirSync('/proc').filter((name) => /^[1-9]/.test(name) && sessionOf(name) === session)
  for (const pid of members) sendKill(Number(pid))
  return members.length
}
