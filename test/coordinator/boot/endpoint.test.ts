import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BootEndpoint } from '../../../coordinator/boot/endpoint.ts'
import { silentLogger } from '../../../shared/log.ts'
import { type Clock, instant, milliseconds } from '../../../shared/model/time.ts'
import { type UpgradeManifest, manifestKeys, signManifest } from '../../../shared/upgrade_manifest.ts'
import { directory } from '../../cli/fixture.ts'

const SITE = {
  url: 'http://boot.example:7480',
  enrolment: 'coordinator.example:7444',
  authority: 'the certificate\n',
  fingerprint: `sha256:${'a'.repeat(64)}`,
}
const digest = (content: Buffer): string => createHash('sha256').update(content).digest('hex')

/** A folder of agents, and what is served of it, a second later each time. */
class Folder {
  readonly path: string
  readonly endpoint: BootEndpoint
  readonly keys = manifestKeys()

  constructor(t: ExecutionContext) {
    const data = directory(t)
    this.path = join(data, 'artefacts')
    mkdirSync(join(this.path, 'x64'), { recursive: true })
    mkdirSync(join(this.path, 'arm64'))
    let at = 0
    const clock: Clock = { now: () => instant(0), monotonic: () => milliseconds((at += 1000)) }
    this.endpoint = new BootEndpoint(data, SITE, clock, silentLogger)
    t.teardown(() => this.endpoint.close())
  }

  put(file: string, content: string | Buffer): void {
    const aside = join(this.path, 'aside')
    writeFileSync(aside, content)
    renameSync(aside, join(this.path, file))
  }

  /** Agents and their manifest, as `billet agents sign` makes it. */
  agents(agents: Partial<Record<'x64' | 'arm64', Buffer>>, key = this.keys.secret): void {
    const binaries: UpgradeManifest['binaries'] = []
    for (const architecture of ['x64', 'arm64'] as const) {
      const content = agents[architecture]
      if (content === undefined) continue
      this.put(join(architecture, 'billet-agent'), content)
      binaries.push({ architecture, sha256: digest(content), bytes: content.length })
    }
    const signed = signManifest({ version: 1, created: 1234, agent: '1.2.3 (abc)', binaries }, key)
    this.put('manifest.json', JSON.stringify(signed))
  }

  async text(path: string): Promise<string> {
    const { table } = await this.endpoint.now()
    const content = table.get(path)
    if (content === undefined) throw new Error(`${path} is not served`)
    const into = Buffer.alloc(content.bytes)
    return into.subarray(0, await content.read(into, 0)).toString()
  }

  async fault(): Promise<string> {
    const { artefacts, table } = await this.endpoint.now()
    if (!artefacts.ok && table.size !== 1) throw new Error('more than the authority is served')
    return artefacts.ok ? '' : artefacts.error
  }
}

test('what is served are the agents that were signed, and a script that knows their digests', async (t) => {
  const folder = new Folder(t)
  const agent = randomBytes(100_000)
  folder.agents({ x64: agent })
  folder.put('upgrade.pub', folder.keys.trusted)
  t.is(await folder.fault(), '')
  const { table } = await folder.endpoint.now()
  t.deepEqual([...table.keys()].toSorted(), [
    '/agent/billet-agent.service',
    '/agent/manifest.json',
    '/agent/upgrade.pub',
    '/agent/x64/billet-agent',
    '/ca.pem',
    '/cloud-init.yaml',
    '/install.sh',
  ])
  const script = await folder.text('/install.sh')
  for (const line of [
    `BILLET_URL='${SITE.url}'`,
    `BILLET_ENROL='${SITE.enrolment}'`,
    `BILLET_FINGERPRINT='${SITE.fingerprint}'`,
    "BILLET_AGENT='1.2.3 (abc)'",
    "BILLET_SIGNED='1234'",
    `BILLET_SHA256_X64='${digest(agent)}'`,
    "BILLET_SHA256_ARM64='-'",
    `BILLET_SHA256_UNIT='${table.get('/agent/billet-agent.service')?.sha256}'`,
    `BILLET_SHA256_KEY='${digest(Buffer.from(folder.keys.trusted))}'`,
  ]) {
    t.true(script.includes(`\n${line}\n`), line)
  }
  t.false(/'@\w+@'/.test(script))
  const userData = await folder.text('/cloud-init.yaml')
  t.true(userData.includes(table.get('/install.sh')?.sha256 ?? 'nothing'))
  t.true(userData.includes('PUT-THE-JOIN-TOKEN-HERE'))
})

test('without a key, machines are told of none', async (t) => {
  const folder = new Folder(t)
  folder.agents({ x64: Buffer.from('x'), arm64: Buffer.from('a') })
  t.is(await folder.fault(), '')
  t.true((await folder.text('/install.sh')).includes("\nBILLET_SHA256_KEY='-'\n"))
  t.is((await folder.endpoint.now()).table.get('/agent/upgrade.pub'), undefined)
})

test('what is not as it was signed is not served, and is once it was mended', async (t) => {
  const folder = new Folder(t)
  t.regex(await folder.fault(), /manifest\.json cannot be read/)
  folder.put('manifest.json', 'no JSON')
  t.regex(await folder.fault(), /no signed manifest/)
  folder.agents({ x64: Buffer.from('one') })
  t.is(await folder.fault(), '')
  folder.put('x64/billet-agent', Buffer.from('two'))
  t.regex(await folder.fault(), /x64\/billet-agent is not the agent that manifest\.json was signed for/)
  folder.agents({ x64: Buffer.from('two') })
  t.is(await folder.fault(), '')
  folder.put('upgrade.pub', manifestKeys().trusted)
  t.regex(await folder.fault(), /not signed with the key/)
  folder.put('upgrade.pub', folder.keys.trusted)
  t.is(await folder.fault(), '')
  rmSync(join(folder.path, 'upgrade.pub'))
  symlinkSync('upgrade.pub', join(folder.path, 'upgrade.pub'))
  t.regex(await folder.fault(), /upgrade\.pub cannot be read/)
  folder.put('manifest.json', 'x'.repeat(100_000))
  t.regex(await folder.fault(), /longer than/)
})

test('who is fetching an agent gets the rest of that one when another takes its place', async (t) => {
  const folder = new Folder(t)
  const [first, second] = [randomBytes(50_000), randomBytes(50_000)]
  folder.agents({ x64: first })
  const before = (await folder.endpoint.now()).table.get('/agent/x64/billet-agent')
  t.true(before?.hold())
  folder.agents({ x64: second })
  const after = (await folder.endpoint.now()).table.get('/agent/x64/billet-agent')
  const piece = Buffer.alloc(10_000)
  t.is(await before?.read(piece, 40_000), 10_000)
  t.true(piece.equals(first.subarray(40_000)))
  await after?.read(piece, 40_000)
  t.true(piece.equals(second.subarray(40_000)))
  before?.release()
  t.false(before?.hold())
})

test('a secret key beside the agents is refused, and never served', async (t) => {
  const folder = new Folder(t)
  folder.agents({ x64: Buffer.from('one') })
  for (const text of [folder.keys.secret, `${folder.keys.trusted}${folder.keys.secret}`]) {
    folder.put('upgrade.pub', text)
    t.regex(await folder.fault(), /upgrade\.pub: expected a public key/)
  }
})
