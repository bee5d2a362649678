import { spawn } from 'node:child_process'
import process from 'node:process'

export type ChildEvents = {
  /** A piece of its output, cut anywhere. */
  readonly output: (text: string) => void
  /** Once, when the process is gone and can be followed by another. */
  readonly ended: (reason: string) => void
}

export interface Child {
  readonly pid: number | null
  /** Writes to its input. What it does not read is lost with it. */
  say(text: string): void
  /** Ends its input, which asks a program that listens to end by itself. */
  hangUp(): void
  /** Kills the process; `ended` follows when the kernel lets go of it, which a hung driver may prevent. */
  kill(): void
}

/** Starts a program that talks for long. */
export type StartChild = (argv: readonly [string, ...string[]], events: ChildEvents) => Child

/**
 * The driver's library maps memory in proportion to the limit of open files (50 GB were seen where it is unlimited),
 * and only a shell can lower that limit for a child alone. The shell then becomes the program: same process, same id.
 */
const LOWER_OPEN_FILES = 'ulimit -n 1024 2>/dev/null; exec "$0" "$@"'

const LAST_WORDS_MS = 500
const UNREAD_MAX = 4096
const nothing = (): void => undefined

export const startChild: StartChild = (argv, { output, ended }) => {
  const child = spawn('/bin/sh', ['-c', LOWER_OPEN_FILES, ...argv], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
  })
  let complaint = ''
  let isOver = false
  const end = (reason: string): void => {
    if (isOver) return
    isOver = true
    ended(complaint === '' ? reason : `${reason}: ${complaint.trimEnd()}`)
  }
  child.on('error', (error) => end(`could not be started: ${error.message}`))
  // With no descriptor left there is no process, and there are no pipes either, whatever their type says.
  const { pid } = child
  if (pid === undefined) return { pid: null, say: nothing, hangUp: nothing, kill: nothing }
  // It may end, or be killed, before it has read everything.
  child.stdin.on('error', nothing)
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  child.stdout.on('data', (text: string) => {
    if (!isOver) output(text)
  })
  child.stderr.on('data', (text: string) => {
    if (complaint.length < 200) complaint = `${complaint}${text}`.replace(/\s+/g, ' ').trimStart().slice(0, 200)
  })
  // What it printed before its end is still to be read at 'exit'; a child of its own may keep the pipes open for good.
  child.on('exit', (code, signal) => {
    const finish = (): void => {
      child.stdin.destroy()
      child.stdout.destroy()
      child.stderr.destroy()
      end(`ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`)
    }
    child.once('close', finish)
    setTimeout(finish, LAST_WORDS_MS)
  })
  child.unref()
  return {
    pid,
    say: (text) => {
      if (child.stdin.writableLength < UNREAD_MAX) child.stdin.write(text)
    },
    hangUp: () => child.stdin.end(),
    kill: () => {
      child.kill('SIGKILL')
      // The agent ends when it wants to, not when a hung driver lets go of its pipes.
      child.stdin.destroy()
      child.stdout.destroy()
      child.stderr.destroy()
    },
  }
}
