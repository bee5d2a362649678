import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'

export type ServerProcess = { readonly child: ChildProcess; readonly port: string }

/** Starts a server of this folder that says its port once it listens. */
export async function startServer(program: string, ...options: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, program), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port = ''] = (await once(child.stdout, 'data')).map(String)
  return { child, port: port.trim() }
}
