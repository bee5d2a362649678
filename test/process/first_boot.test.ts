import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { type Server, createServer, request } from 'node:http'
import { createServer as createPlainServer } from 'node:net'
import { dirname, join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { type LocalFleet, type Outcome, until } from '../../demo/fleet.ts'
import { hasProgram, isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')
const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'billet-agent')

async function freePort(): Promise<number> {
  const server = createPlainServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/** What happens to the agent on its way. */
type Mischief = 'none' | 'cut' | 'changed' | 'changed_script'

/** Stands between servers and the coordinator. */
class Relay {
  mischief: Mischief = 'none'
  /** What was asked for, with the range. */
  readonly asked: string[] = []
  readonly #server: Server

  constructor(t: ExecutionContext, port: number) {
    this.#server = createServer(({ url: path = '', headers }, answer) => {
      this.asked.push(`${path} ${headers.range ?? ''}`.trim())
      const onwards = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answered) => {
        answer.writeHead(answered.statusCode ?? 500, answered.headers)
        const hit = this.mischief === 'changed_script' ? path === '/install.sh' : path.endsWith('/billet-agent')
        let sent = 0
        answered.on('data', (data: Buffer) => {
          if (hit && this.mischief.startsWith('changed') && sent === 0) data.writeUInt8(data.readUInt8(20) ^ 1, 20)
          sent += data.length
          answer.write(data)
          if (!hit || this.mischief !== 'cut' || sent < 100_000) return
          this.mischief = 'none'
          answer.destroy()
        })
        answered.on('end', () => answer.end())
      })
      onwards.on('error', () => answer.destroy()).end()
    })
    t.teardown(() => this.#server.close())
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }
}

/** A stand-in for systemctl that writes down what it was told, and runs the one unit that there is. */
const SYSTEMCTL = (home: string, options: string): string => `#!/bin/sh
echo "$*" >> ${home}/systemctl.log
stop() {
  [ ! -f ${home}/pid ] || kill "$(cat ${home}/pid)" 2>/dev/null
  rm -f ${home}/pid
}
case $1 in
  is-active) kill -0 "$(cat ${home}/pid 2>/dev/null)" 2>/dev/null ;;
  disable) stop ;;
  restart)
    stop
    sleep 0.5
    ${home}/root/usr/local/bin/billet-agent run --config-file ${home}/root/etc/billet/agent.toml ${options} \\
      >> ${home}/agent.log 2>&1 < /dev/null &
    echo $! > ${home}/pid ;;
esac
`

/** A server: a root of its own, in which systemd seems to run. */
class FreshServer {
  readonly home: string
  readonly root: string
  readonly #path: string

  constructor(t: ExecutionContext, fleet: LocalFleet, number: number) {
    this.home = join(fleet.directory, `server-${number}`)
    this.root = join(this.home, 'root')
    const state = join(this.root, 'var/lib/billet-agent')
    for (const path of [join(this.root, 'run/systemd/system'), join(this.home, 'bin')]) {
      mkdirSync(path, { recursive: true })
    }
    const options = [
      `--token-file=${join(this.root, 'etc/billet/token')}`,
      `--state-dir=${state}`,
      `--run-dir=${join(this.home, 'run')}`,
      `--scratch-dir=${join(this.home, 'scratch')}`,
      `--hardware-serial=FIRST-${number}-${process.pid}`,
      `--uid-base=${2_000_000 + number * 70_000}`,
      '--sanitise-scope=placement',
      `--peer-address=127.0.0.${50 + number}`,
      `--upgrade-key=${join(this.root, 'etc/billet/upgrade.pub')}`,
    ]
    writeFileSync(join(this.home, 'bin', 'systemctl'), SYSTEMCTL(this.home, options.join(' ')), { mode: 0o755 })
    this.#path = `${join(this.home, 'bin')}:${process.env['PATH']}`
    t.teardown(() => {
      const pid = this.#read('../pid')
      if (pid !== '') process.kill(Number(pid), 'SIGKILL')
    })
  }

  /** Runs a line in a shell, with what it is to read. */
  sh(line: string, input = ''): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn('sh', ['-c', line], { env: { ...process.env, PATH: this.#path } })
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
      child.stdout.on('data', (data: Buffer) => stdout.push(data))
      child.stderr.on('data', (data: Buffer) => stderr.push(data))
      child.once('error', reject)
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
      child.once('exit', (code) => {
        const text = (pieces: readonly Buffer[]): string => Buffer.concat(pieces).toString()
        resolve({ code: code ?? -1, stdout: text(stdout), stderr: text(stderr) })
      })
    })
  }

  file(path: string): string {
    return join(this.root, path)
  }

  #read(path: string): string {
    return existsSync(this.file(path)) ? readFileSync(this.file(path), 'utf8').trim() : ''
  }

  /** What systemctl was told since this was asked last. */
  told(): readonly string[] {
    const path = join(this.home, 'systemctl.log')
    const told = this.#read('../systemctl.log').split('\n').filter(Boolean)
    rmSync(path, { force: true })
    return told
  }

  get log(): string {
    return this.#read('../agent.log')
  }

  /** Every file below the root that is of the installation, with its inode. */
  installed(): Readonly<Record<string, number>> {
    const names = ['usr/local/bin', 'etc/billet', 'etc/systemd/system'].flatMap((folder) =>
      existsSync(this.file(folder)) ? readdirSync(this.file(folder)).map((name) => join(folder, name)) : [],
    )
    return Object.fromEntries(names.map((name) => [name, statSync(this.file(name)).ino]))
  }
}

const ALL = [
  'etc/billet/agent.toml',
  'etc/billet/upgrade.pub',
  'etc/systemd/system/billet-agent.service',
  'usr/local/bin/billet-agent',
]

type World = { readonly fleet: LocalFleet; readonly relay: Relay; readonly artefacts: string }

/** A coordinator that serves, through the relay, whatever agents it is given. */
async function worldOf(t: ExecutionContext): Promise<World> {
  const [port, relayed] = [await freePort(), await freePort()]
  const fleet = await fleetOf(t, () => [
    `--boot-listen=127.0.0.1:${port}`,
    `--boot-url=http://127.0.0.1:${relayed}`,
    '--boot-rate-per-address=1GiB',
  ])
  const relay = new Relay(t, port)
  await relay.listen(relayed)
  const artefacts = join(fleet.directory, 'coordinator', 'artefacts')
  mkdirSync(join(artefacts, process.arch), { recursive: true })
  t.is((await fleet.billet('agents', 'keygen', join(fleet.directory, 'key'))).code, 0)
  writeFileSync(join(artefacts, 'upgrade.pub'), readFileSync(join(fleet.directory, 'key.pub')))
  return { fleet, relay, artefacts }
}

/** Puts an agent into the artefacts, as an operator does. */
async function offer({ fleet, artefacts }: World, agent: string): Promise<void> {
  const binary = join(artefacts, process.arch, 'billet-agent')
  rmSync(binary, { force: true })
  symlinkSync(agent, binary)
  const key = join(fleet.directory, 'key')
  const sign = ['agents', 'sign', `--key=${key}`, `--binary=${process.arch}=${binary}`]
  const signed = await fleet.billet(...sign, `--out=${join(artefacts, 'manifest.json')}`)
  if (signed.code !== 0) throw new Error(signed.stderr)
}

/** The line that an operator is told to run, with options of the installer's put in. */
async function lineFor({ fleet }: World, { root }: FreshServer, more = ''): Promise<string> {
  let line = ''
  await until('it is served', async () => {
    const said = await fleet.billet('boot', 'install')
    line = said.stdout.trim()
    return said.code === 0
  })
  return line.replace(/\)$/, ` --root ${root} ${more})`)
}

asRoot('one line installs the agent and enrols the server, and run again changes nothing', async (t) => {
  const world = await worldOf(t)
  const { fleet } = world
  const refused = await fleet.billet('boot', 'install')
  t.is(refused.code, 1)
  t.regex(refused.stderr, /There are no agents to install: .*manifest\.json cannot be read/)
  await offer(world, BUILT)
  const server = new FreshServer(t, fleet, 1)
  const line = await lineFor(world, server, '--wait 150')
  const token = await tokenOf(fleet, '--auto-approve')
  const first = await server.sh(line, `${token}\n`)
  t.is(first.code, 0, `${first.stderr}${server.log}`)
  t.regex(first.stderr, /billet: This is machine mch-\w+; its certificate ends /)
  await until('it is available', async () => (await countOf(fleet, 'available')) === 1)
  t.deepEqual(Object.keys(server.installed()).toSorted(), ALL)
  t.deepEqual(server.told(), ['daemon-reload', 'enable billet-agent.service', 'restart billet-agent.service'])
  const unit = join(import.meta.dirname, '..', '..', 'deploy', 'billet-agent.service')
  t.is(readFileSync(server.file('etc/systemd/system/billet-agent.service'), 'utf8'), readFileSync(unit, 'utf8'))
  t.is(statSync(server.file('usr/local/bin/billet-agent')).mode & 0o777, 0o755)
  for (const text of [first.stdout, first.stderr, server.log, line]) t.false(text.includes(token))
  const before = server.installed()
  const again = await server.sh(line)
  t.is(again.code, 0, again.stderr)
  t.regex(again.stderr, /Everything is in place already/)
  t.deepEqual(server.installed(), before)
  t.deepEqual(server.told(), ['is-active --quiet billet-agent.service'])
  t.is((await fleet.json('machines', 'list')).length, 1)
  const gone = await server.sh(line.replace(/\)$/, ' --uninstall --purge)'))
  t.is(gone.code, 0, gone.stderr)
  t.deepEqual(server.installed(), {})
  t.false(existsSync(server.file('var/lib/billet-agent')))
})

/** A stand-in for an agent: it says what it is, and enrols whom it is given a token for. */
const PRETENDER = (version: string): string => `#!/bin/sh
# ${'x'.repeat(300_000)}
case $1 in
  --version) echo '${version}' ;;
  status)
    echo 'It is machine mch-pretended; its certificate ends 2999-01-01 00:00:00 UTC.'
    cat "\${0%/usr/local/bin/*}/said" 2>/dev/null ;;
  run)
    root=\${0%/usr/local/bin/*}
    [ -s "$root/etc/billet/token" ] || exit 1
    mkdir -p "$root/var/lib/billet-agent/identity"
    cp "$root/etc/billet/token" "$root/var/lib/billet-agent/identity/certificate.pem"
    exec sleep 1000 ;;
esac
`

async function offerPretender(world: World, version: string): Promise<void> {
  const path = join(world.fleet.directory, 'pretender')
  rmSync(path, { force: true })
  writeFileSync(path, PRETENDER(version), { mode: 0o755 })
  await offer(world, path)
}

asRoot('what is cut off is fetched on, and what is not as it should be is not taken', async (t) => {
  const world = await worldOf(t)
  const { fleet, relay } = world
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, fleet, 2)
  const line = await lineFor(world, server)
  relay.mischief = 'changed_script'
  const foreign = await server.sh(line, 'token\n')
  t.not(foreign.code, 0)
  t.regex(foreign.stderr, /FAILED/)
  t.deepEqual(server.installed(), {})
  relay.mischief = 'changed'
  const changed = await server.sh(line, 'token\n')
  t.is(changed.code, 1, changed.stderr)
  t.regex(changed.stderr, /billet-agent has the SHA-256 [0-9a-f]{64}, and [0-9a-f]{64} was expected/)
  t.deepEqual(Object.keys(server.installed()), ['etc/billet/token'])
  t.is(statSync(server.file('etc/billet/token')).mode & 0o777, 0o600)
  t.deepEqual(server.told(), [])
  relay.mischief = 'cut'
  relay.asked.length = 0
  const cut = await server.sh(line)
  t.is(cut.code, 0, cut.stderr)
  const fetched = relay.asked.filter((path) => path.includes(`/agent/${process.arch}/`))
  t.is(fetched.length, 2)
  t.regex(fetched[1] ?? '', / bytes=[1-9]\d+-$/)
  t.deepEqual(Object.keys(server.installed()).toSorted(), ALL)
})

asRoot('a newer agent takes the place of an older one, and no agent that of a newer', async (t) => {
  const world = await worldOf(t)
  const { fleet } = world
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, fleet, 3)
  const old = await lineFor(world, server)
  t.is((await server.sh(old, 'token\n')).code, 0)
  server.told()
  await offerPretender(world, '2.0.0 (two)')
  const stale = await server.sh(old)
  t.not(stale.code, 0, 'the line is for the script that was')
  await until('the new one is served', async () => (await lineFor(world, server)) !== old)
  const replaced = await server.sh(await lineFor(world, server))
  t.is(replaced.code, 0, replaced.stderr)
  t.deepEqual(server.told(), ['daemon-reload', 'enable billet-agent.service', 'restart billet-agent.service'])
  const version = async (): Promise<string> =>
    (await server.sh(`${server.file('usr/local/bin/billet-agent')} --version`)).stdout.trim()
  t.is(await version(), '2.0.0 (two)')
  // One that a rollout brought, and that was signed after this one.
  mkdirSync(server.file('var/lib/billet-agent/upgrade'))
  writeFileSync(server.file('var/lib/billet-agent/upgrade/newest'), `${Date.now() + 60_000}\n`)
  writeFileSync(server.file('usr/local/bin/billet-agent'), PRETENDER('3.0.0 (three)'))
  const kept = await server.sh(await lineFor(world, server))
  t.is(kept.code, 0, kept.stderr)
  t.regex(kept.stderr, /an agent that was signed later; it stays/)
  t.is(await version(), '3.0.0 (three)')
})

asRoot('a server that is not fit is told why, and stays as it was', async (t) => {
  const world = await worldOf(t)
  const { fleet } = world
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, fleet, 4)
  const line = await lineFor(world, server)
  const refused = async (code: number, why: RegExp, more = '', input = ''): Promise<void> => {
    const outcome = await server.sh(line.replace(/\)$/, ` ${more})`), input)
    t.is(outcome.code, code, outcome.stderr)
    t.regex(outcome.stderr, why)
    t.deepEqual(server.told(), [])
  }
  await refused(1, /There is no join token/)
  await refused(1, /--token-file: \/nonexistent cannot be read/, '--token-file /nonexistent')
  await refused(1, /for the fleet of sha256:\w+, and sha256:other was meant/, '--ca-fingerprint sha256:other')
  await refused(2, /--nothing is no option/, '--nothing')
  await refused(2, /--wait: expected a number/, '--wait soon')
  await refused(2, /--root: expected an absolute path/, '--root here')
  t.deepEqual(server.installed(), {})
  rmSync(server.file('run/systemd'), { recursive: true })
  await refused(3, /systemd does not run here, so nothing was changed. By hand[^]*enrol_address = "127[^]*agent run/)
  t.deepEqual(server.installed(), {})
  mkdirSync(server.file('run/systemd/system'), { recursive: true })
  const toml = server.file('etc/billet/agent.toml')
  mkdirSync(dirname(toml), { recursive: true })
  writeFileSync(toml, 'ca_fingerprint = "sha256:0000"\n')
  await refused(1, /agent\.toml is for another fleet/)
})

asRoot('an agent that does not enrol keeps its token, and goes on trying', async (t) => {
  const world = await worldOf(t)
  await offer(world, BUILT)
  const server = new FreshServer(t, world.fleet, 5)
  const line = await lineFor(world, server, '--wait 3')
  const outcome = await server.sh(line, `bjt_${'x'.repeat(43)}\n`)
  t.is(outcome.code, 4, outcome.stderr)
  t.regex(outcome.stderr, /has not enrolled yet/)
  t.true(existsSync(server.file('etc/billet/token')))
  const token = await tokenOf(world.fleet, '--auto-approve')
  const again = await server.sh(line.replace(/--wait 3/, `--wait 150 --token-file ${server.file('given')}`), '')
  t.is(again.code, 1, again.stderr)
  writeFileSync(server.file('given'), token, { mode: 0o600 })
  const better = await server.sh(line.replace(/--wait 3/, `--wait 150 --token-file ${server.file('given')}`), '')
  t.is(better.code, 0, `${better.stderr}${server.log}`)
  t.false(existsSync(server.file('etc/billet/token')))
  t.true(existsSync(server.file('given')), 'what is not its own is not removed')
})

asRoot('user-data for cloud-init does the same, with the token in a file that is gone when it was used', async (t) => {
  const world = await worldOf(t)
  const { fleet } = world
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, fleet, 7)
  await lineFor(world, server)
  const [token, file] = [await tokenOf(fleet), join(fleet.directory, 'token')]
  writeFileSync(file, token)
  const out = join(fleet.directory, 'user-data')
  const made = await fleet.billet('boot', 'cloud-init', '--token-file', file, '--out', out)
  t.is(made.code, 0, made.stderr)
  t.false(`${made.stdout}${made.stderr}`.includes(token))
  t.is(statSync(out).mode & 0o777, 0o600)
  const userData = readFileSync(out, 'utf8')
  t.regex(userData, /^#cloud-config\n/)
  const [, path = '', mode = '', content = ''] =
    /  - path: (\S+)\n    owner: root:root\n    permissions: '(\d+)'\n    content: (".+")\n/.exec(userData) ?? []
  t.is(path, '/etc/billet/token')
  t.is(mode, '0600')
  t.is(JSON.parse(content), `${token}\n`)
  const command = String(JSON.parse(/\n  - \[sh, -c, (".+")\]\n/.exec(userData)?.[1] ?? '""'))
  t.false(command.includes(token))
  mkdirSync(server.file('etc/billet'), { recursive: true })
  writeFileSync(server.file(path), String(JSON.parse(content)), { mode: 0o600 })
  const line = command.replace(path, server.file(path)).replace(/\)$/, ` --root ${server.root})`)
  const outcome = await server.sh(line)
  t.is(outcome.code, 0, outcome.stderr)
  t.deepEqual(Object.keys(server.installed()).toSorted(), ALL)
  t.is((await server.sh(line)).code, 0)
  const [, served = ''] = /curl -gfsSo "\$d\/install.sh" (\S+)\/install.sh/.exec(command) ?? []
  const shown = await (await fetch(`${served}/cloud-init.yaml`)).text()
  t.is(shown.replace('PUT-THE-JOIN-TOKEN-HERE', token), userData)
})

onlyWhere(
  test.serial,
  isRoot && hasProgram('busybox'),
  'root and busybox',
)('busybox is enough to install the agent, and to go on where it was cut off', async (t) => {
  const world = await worldOf(t)
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, world.fleet, 8)
  const line = await lineFor(world, server)
  const applets = join(server.home, 'applets')
  mkdirSync(applets)
  spawnSync('busybox', ['--install', '-s', applets])
  world.relay.mischief = 'cut'
  const outcome = await server.sh(`export PATH=${server.home}/bin:${applets}; exec sh -c '${quoted(line)}'`, 'x\n')
  t.is(outcome.code, 0, outcome.stderr)
  t.deepEqual(Object.keys(server.installed()).toSorted(), ALL)
  t.true(
    world.relay.asked.some((path) => / bytes=[1-9]\d+-$/.test(path)),
    world.relay.asked.join(),
  )
})

const quoted = (text: string): string => text.replaceAll("'", String.raw`'\''`)

asRoot('an image is filled without anything being started, and no tenant loses the agent', async (t) => {
  const world = await worldOf(t)
  await offerPretender(world, '1.0.0 (one)')
  const server = new FreshServer(t, world.fleet, 6)
  rmSync(server.file('run/systemd'), { recursive: true })
  const filled = await server.sh(await lineFor(world, server, '--no-start'), 'token\n')
  t.is(filled.code, 0, filled.stderr)
  t.deepEqual(server.told(), [])
  t.deepEqual(Object.keys(server.installed()).toSorted(), [
    'etc/billet/agent.toml',
    'etc/billet/token',
    'etc/billet/upgrade.pub',
    'etc/systemd/system/billet-agent.service',
    'etc/systemd/system/multi-user.target.wants',
    'usr/local/bin/billet-agent',
  ])
  mkdirSync(server.file('var/lib/billet-agent'), { recursive: true })
  writeFileSync(server.file('said'), 'Epoch 3, term 1: it runs a task of tenant a (plc-x of wkl-x).\n')
  const line = await lineFor(world, server, '--uninstall')
  const held = await server.sh(line)
  t.is(held.code, 1)
  t.regex(held.stderr, /A tenant is on this machine/)
  writeFileSync(server.file('said'), 'Epoch 3, term 1: it was proved clean after tenant a (plc-x of wkl-x).\n')
  t.is((await server.sh(line)).code, 0)
  t.deepEqual(Object.keys(server.installed()).toSorted(), [
    'etc/billet/agent.toml',
    'etc/billet/token',
    'etc/billet/upgrade.pub',
    'etc/systemd/system/multi-user.target.wants',
  ])
  const purged = await server.sh(await lineFor(world, server, '--uninstall --purge'))
  t.is(purged.code, 0, purged.stderr)
  t.regex(purged.stderr, /is not the state of an agent, and stays/)
  t.true(existsSync(server.file('var/lib/billet-agent')))
})
