import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Context, parseContextFile } from '../shared/context_file.ts'
import { usage } from './errors.ts'

export type ContextOptions = { readonly config?: string; readonly context?: string }

/** Where the context file is: the flag, BILLET_CONFIG, ~/.config/billet/config.json, or a local coordinator's own. */
export function contextPath(options: ContextOptions, environment: NodeJS.ProcessEnv): string {
  const given = options.config ?? environment.BILLET_CONFIG
  if (given !== undefined && given !== '') return given
  const own = join(environment.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'billet', 'config.json')
  return exists(own) ? own : LOCAL
}

/** Written by a coordinator at its first start; only its owner can read it. */
const LOCAL = '/var/lib/billet/admin.context.json'

export function loadContext(options: ContextOptions, environment: NodeJS.ProcessEnv): Context {
  const path = contextPath(options, environment)
  const file = parseContextFile(read(path))
  if (!file.ok) throw usage(`The context file ${path} cannot be used: ${file.error}.`)
  const name = options.context ?? environment.BILLET_CONTEXT ?? file.value.current
  const context = new Map(Object.entries(file.value.contexts)).get(name)
  if (context === undefined) {
    const names = Object.keys(file.value.contexts).join(', ')
    throw usage(`The context file ${path} has no context ${JSON.stringify(name)}; it has: ${names || 'none'}.`)
  }
  return context
}

function read(path: string): string {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) {
      throw usage(`The context file ${path} can be read by others; it holds a key. Make it private: chmod 600 ${path}`)
    }
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    const advice = 'Name one with --config or BILLET_CONFIG; a coordinator writes one at its first start.'
    throw usage(`The context file ${path} cannot be read (${String(error.code)}). ${advice}`)
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
