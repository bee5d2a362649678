import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { manifestKeys } from '../../shared/upgrade_manifest.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')
const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'billet-agent')

/** Serves one file, whatever it is by then. */
async function serve(t: ExecutionContext, path: string): Promise<string> {
  const server: Server = createServer((_, answer) => answer.end(readFileSync(path)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}/billet-agent`
}

/** The built agent under another commit's name: of the same length, so that nothing else moves. */
function asAnother(path: string, name: string): void {
  const built = readFileSync(BUILT)
  const commit = /\((\w{12})\)/.exec(versionIn(built))?.[1] ?? ''
  for (let at = built.indexOf(commit); at >= 0; at = built.indexOf(commit, at + 1)) built.write(name, at, 'latin1')
  writeFileSync(path, built, { mode: 0o755 })
}

function versionIn(built: Buffer): string {
  const at = built.indexOf('billet-agent')
  if (at < 0) throw new Error('no agent')
  const match = /"([0-9a-f]{12})"/.exec(built.subarray(built.indexOf('NODE_SEA_BLOB')).toString('latin1'))
  return `(${match?.[1] ?? ''})`
}

type Upgrading = { readonly fleet: LocalFleet; readonly binary: string; readonly url: string; readonly key: string }

/** Agents, each with a program of its own and one key that they trust. */
async function upgrading(t: ExecutionContext, names: readonly string[]): Promise<Upgrading> {
  const fleet = await fleetOf(t)
  const { directory } = fleet
  const [key, binary] = [join(directory, 'key'), join(directory, 'new-agent')]
  t.is((await fleet.billet('agents', 'keygen', key)).code, 0)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '9')
  for (const [index, name] of names.entries()) {
    const own = join(directory, `${name}.bin`)
    mkdirSync(own)
    copyFileSync(BUILT, join(own, 'billet-agent'))
    chmodSync(join(own, 'billet-agent'), 0o755)
    fleet.startAgent(name, index + 1, token, [`--upgrade-key=${key}.pub`], join(own, 'billet-agent'))
  }
  await until('all are available', async () => (await countOf(fleet, 'available')) === names.length)
  return { fleet, binary, url: await serve(t, binary), key }
}

async function sign({ fleet, binary, key }: Upgrading, out = join(fleet.directory, 'manifest.json')): Promise<string> {
  const signed = await fleet.billet(
    'agents',
    'sign',
    `--key=${key}`,
    `--binary=${process.arch}=${binary}`,
    `--out=${out}`,
  )
  if (signed.code !== 0) throw new Error(signed.stderr)
  return out
}

const rollout = async (fleet: LocalFleet) => (await fleet.json('agents', 'rollouts'))[0] ?? {}
const states = { running: 1, paused: 2, done: 3 } as const

async function until_(fleet: LocalFleet, state: keyof typeof states): Promise<void> {
  await until(`the rollout is ${state}`, async () => (await rollout(fleet))['state'] === states[state])
}

async function versions(fleet: LocalFleet): Promise<readonly string[]> {
  return (await fleet.json('machines', 'list')).map((machine) => String(machine['agent_version'])).toSorted()
}

asRoot('agents are replaced one after the other, and a task that runs meanwhile notices nothing', async (t) => {
  const parts = await upgrading(t, ['one', 'two'])
  const { fleet, binary, url } = parts
  const before = (await versions(fleet))[0] ?? ''
  asAnother(binary, '0123456789ab')
  const script = 'echo $$; for n in $(seq 30); do echo $n; sleep 0.5; done; echo $$; exit 7'
  const running = fleet.billet('run', '--tenant', 'a', '--', '/bin/sh', '-c', script)
  await until('it runs', async () => (await countOf(fleet, 'allocated')) === 1)
  const pids = ['one', 'two'].map((name) => fleet.pid(name))
  const begun = await fleet.billet('agents', 'upgrade', '--manifest', await sign(parts), '--url', url)
  t.is(begun.code, 0, begun.stderr)
  await until_(fleet, 'done')
  const after = before.replace(/\(\w+\)/, '(0123456789ab)')
  t.deepEqual(await versions(fleet), [after, after])
  // The very same processes, as another program.
  for (const pid of pids) t.true(existsSync(`/proc/${pid}`))
  const { code, stdout } = await running
  t.is(code, 7)
  const lines = stdout.trim().split('\n')
  t.deepEqual(
    lines.slice(1, -1),
    Array.from({ length: 30 }, (_, index) => `${index + 1}`),
  )
  t.is(lines[0], lines.at(-1))
})

asRoot('what is not signed, not as signed, or does not start is not taken, and the rollout pauses', async (t) => {
  const parts = await upgrading(t, ['one', 'two'])
  const { fleet, binary, url } = parts
  const before = await versions(fleet)
  asAnother(binary, '0123456789ab')
  const manifest = await sign(parts)
  const refused = async (path: string, why: RegExp): Promise<void> => {
    t.is((await fleet.billet('agents', 'upgrade', '--manifest', path, '--url', url)).code, 0)
    await until_(fleet, 'paused')
    const { failures, name } = await rollout(fleet)
    t.regex(JSON.stringify(failures), why)
    t.is(Array.isArray(failures) ? failures.length : 0, 1, 'the other one was not told')
    t.deepEqual(await versions(fleet), before)
    t.is((await fleet.billet('agents', 'cancel', String(name).slice('rollouts/'.length))).code, 0)
  }
  const foreign = join(fleet.directory, 'foreign')
  writeFileSync(foreign, manifestKeys().secret, { mode: 0o600 })
  const elsewhere = join(fleet.directory, 'foreign.json')
  await refused(await sign({ ...parts, key: foreign }, elsewhere), /not signed with the key that this machine trusts/)
  writeFileSync(binary, 'x', { flag: 'a' })
  await refused(manifest, /is not what the manifest says/)
  writeFileSync(binary, '#!/bin/sh\necho "0.1.0 (0123456789ab)"\n')
  writeFileSync(binary, "#!/bin/sh\n[ -e /nonexistent ] || echo '9.9.9 (broken)'\n", { mode: 0o755 })
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
})

asRoot('an agent that does not come back is taken back', async (t) => {
  const parts = await upgrading(t, ['one'])
  const { fleet, binary, url } = parts
  const before = await versions(fleet)
  // Says its version as it should, and ends at once when it is to run.
  writeFileSync(binary, '#!/bin/sh\n[ "$1" = --version ] || exit 1\necho "9.9.9 (broken)"\n', { mode: 0o755 })
  t.is((await fleet.billet('agents', 'upgrade', '--manifest', await sign(parts), '--url', url)).code, 0)
  await until_(fleet, 'paused')
  t.regex(JSON.stringify(await rollout(fleet)), /did not come to a session in time, or ended; this one was taken back/)
  t.deepEqual(await versions(fleet), before)
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
  const pid = Number(readFileSync(join(fleet.directory, 'one', 'lock'), 'utf8').split(' ')[0])
  t.teardown(() => process.kill(pid, 'SIGKILL'))
})
