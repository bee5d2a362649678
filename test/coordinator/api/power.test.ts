import { randomUUID } from 'node:crypto'
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import test, { type ExecutionContext } from 'ava'
import { certificateRequest, newKey } from '../../../agent/certificate_request.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { type Logger, silentLogger } from '../../../shared/log.ts'
import type { BilletError } from '../../../shared/model/errors.ts'
import { compareTexts } from '../../../shared/model/texts.ts'
import type { Result } from '../../../shared/model/result.ts'
import { PowerAction } from '../../../shared/wire/gen/types/billet/v1/PowerAction.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import { running } from '../../cli/scripts.ts'
import { must } from '../../fixtures.ts'
import { FakeBmc } from '../../fixtures/redfish.ts'
import { type Lab, lab } from '../../shared/lab.ts'
import { FakeAgent } from '../sessions/fake_agent.ts'

const { EventService, MachineService, PowerService, TokenService, WorkloadService } = services
const PASSWORD = 'correct-horse-7f3a-battery'
const SERIAL = 'BAR-0001'

const OFF = { action: PowerAction.POWER_ACTION_OFF, reason: 'it must be off' }
const sentence = (result: Result<unknown, BilletError>): string =>
  result.ok ? 'done' : `${result.error.kind}: ${result.error.message}`
const kindOf = (result: Result<unknown, BilletError>): string => (result.ok ? 'done' : result.error.kind)
const short = { seconds: 2, nanos: 0 }

function keyFile(t: ExecutionContext, key = 'ab'.repeat(32)): string {
  const path = join(directory(t), 'bmc.key')
  writeFileSync(path, `${key}\n`)
  chmodSync(path, 0o600)
  return path
}

/** A fleet with one machine and its BMC, whose certificate the lab signed. */
async function open(
  t: ExecutionContext,
  more: Readonly<Record<string, string>> = { bmcKeyFile: keyFile(t) },
  log: Logger = silentLogger,
) {
  const dataDir = join(directory(t), 'data')
  const fleet = await Fleet.open(t, { ...more, dataDir }, log)
  const { ca, certificate, key } = fleet.context()
  const address = `127.0.0.1:${fleet.coordinator.api.port}`
  const admin = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => admin.close())
  const signer = await lab()
  const bmc = await FakeBmc.open(t, await certified(signer, 'localhost'), { serial: SERIAL, password: PASSWORD })
  const { name, agent } = await enrolled(t, fleet, admin)
  const set = (changes: object = {}) =>
    admin.call(PowerService.SetBmc, {
      name,
      request_id: randomUUID(),
      url: bmc.url,
      user_name: 'root',
      password: PASSWORD,
      ca: signer.certificate,
      ...changes,
    })
  const change = (asked: object) =>
    admin.call(PowerService.ChangePower, { name, request_id: randomUUID(), reason: 'a test', ...asked })
  const events = async () =>
    must(await admin.call(EventService.ListEvents, { page_size: 1000 })).events.filter(({ reason }) =>
      /^(?:POWER|BMC)_/.test(reason),
    )
  return { fleet, admin, bmc, name, agent, set, change, events, signer, dataDir }
}

const certified = (signer: Lab, host: string) =>
  signer.sign({ commonName: host, uris: [], hosts: [host], usage: 'server' })

async function enrolled(t: ExecutionContext, { coordinator }: Fleet, admin: Connection) {
  const token = must(await admin.call(TokenService.CreateToken, { auto_approve: true })).secret
  const { authority, enrolment, api } = coordinator
  const enrolling = new Connection(`127.0.0.1:${enrolment.port}`, { authorities: authority.certificate })
  const key = newKey()
  const hardware = { serial: SERIAL, mac_addresses: [] }
  const request = { token, certificate_request: certificateRequest(key), hardware, hostname: 'bar1' }
  const { certificate, machine } = must(await enrolling.call(services.EnrolmentService.Enrol, request))
  enrolling.close()
  const tls = { authorities: authority.certificate, identity: { certificate, key } }
  const agent = new FakeAgent(`127.0.0.1:${api.port}`, tls, running)
  t.teardown(() => agent.close())
  agent.hello({ serial: 'bar1' })
  await agent.take('welcome')
  await agent.settled()
  return { name: machine, agent }
}

test('what a BMC says, and power by it, with who and why among the events', async (t) => {
  const { admin, bmc, name, set, change, events } = await open(t)
  must(await set())
  t.like(must(await admin.call(PowerService.GetPower, { name })).status, {
    machine: name,
    state: 1,
    next_boot: 3,
    vendor: 'standard',
    model: 'Bar 9000',
    serial: SERIAL,
    health: 'OK',
    processors: 2,
    memory_bytes: 64 * 1024 ** 3,
  })
  t.like(must(await admin.call(PowerService.ListBmcSensors, { parent: name })).sensors[0], {
    name: 'Inlet',
    reading: 22,
  })
  t.like(must(await change(OFF)), { already: false, status: { state: 2 } })
  t.like(must(await change(OFF)), { already: true, status: { state: 2 } })
  t.like(must(await change({ action: 1, next_boot: 1, reason: 'back to work' })), {
    already: false,
    status: { state: 1, next_boot: 3 },
  })
  t.like(must(await change({ next_boot: 1, reason: 'and once more' })), { status: { state: 1, next_boot: 1 } })
  t.deepEqual(bmc.resets, ['ForceOff', 'On'])
  const once = { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' }
  t.deepEqual(bmc.patches, [once, once], 'the start used up the first')
  t.is(bmc.sessions.size, 0, 'every session was ended')
  const told = (await events()).map(({ reason, message, user }) => [reason, user, message.replace(/^.*?\) /, '')])
  const all = JSON.stringify(told)
  t.true(
    told.every(([, user]) => user === 'admin'),
    all,
  )
  t.true(all.includes('is to be switched off: it must be off'), all)
  t.deepEqual(told.map(([reason = '']) => reason).toSorted(compareTexts), [
    'BMC_SET',
    ...Array.from({ length: 4 }, () => 'POWER_CHANGED'),
    ...Array.from({ length: 4 }, () => 'POWER_ORDERED'),
  ])
  t.regex(all, /is to be started by network once, and switched on: back to work/)
})

test('a cycle is seen off before it is switched on, and a request is carried out once', async (t) => {
  const { admin, bmc, name, set } = await open(t)
  must(await set())
  bmc.faults.slowMs = 100
  const request = { name, request_id: 'once', action: PowerAction.POWER_ACTION_CYCLE, reason: 'stuck' }
  t.like(must(await admin.call(PowerService.ChangePower, request)), { already: false, status: { state: 1 } })
  t.deepEqual(bmc.resets, ['ForceOff', 'On'])
  t.like(must(await admin.call(PowerService.ChangePower, request)), { already: false, status: { state: 1 } })
  t.deepEqual(bmc.resets, ['ForceOff', 'On'])
  const other = await admin.call(PowerService.ChangePower, { ...request, action: PowerAction.POWER_ACTION_OFF })
  t.is(kindOf(other), 'request_id_reused')
})

test('a BMC that is not ready is asked again, and an order that may have been done is looked for', async (t) => {
  const { bmc, set, change } = await open(t)
  must(await set())
  bmc.faults.later = 3
  bmc.faults.breaksOnce = true
  t.like(must(await change(OFF)), { already: false, status: { state: 2 } })
  t.deepEqual(bmc.resets, ['ForceOff'], 'it is not sent again: the machine was seen to be off')
})

test('a BMC that lies, and one that hangs: the call ends in time, and says what was seen', async (t) => {
  const { bmc, set, change, events } = await open(t)
  must(await set())
  bmc.faults.lies = true
  t.is(
    sentence(await change({ ...OFF, timeout: short })),
    'power_not_reached: The machine is not as ordered in time: its BMC last said on. Sent: ForceOff (accepted).',
  )
  bmc.faults.lies = false
  bmc.faults.hangs = true
  t.regex(sentence(await change({ ...OFF, timeout: short })), /^bmc_unreachable: The BMC does not answer/)
  const failed = (await events()).filter(({ reason }) => reason === 'POWER_FAILED')
  t.is(failed.length, 2)
})

test('an order goes on although who asked has gone', async (t) => {
  const { admin, bmc, name, set, events } = await open(t)
  must(await set())
  bmc.faults.slowMs = 500
  const gone = new AbortController()
  const request = { name, action: PowerAction.POWER_ACTION_CYCLE, reason: 'stuck' }
  const asked = admin.call(PowerService.ChangePower, request, { signal: gone.signal })
  while (bmc.resets.length === 0) await new Promise((resolve) => setImmediate(resolve))
  gone.abort()
  t.is(kindOf(await asked), 'cancelled')
  while (!(await events()).some(({ reason }) => reason === 'POWER_CHANGED'));
  t.deepEqual(bmc.resets, ['ForceOff', 'On'])
  t.is(bmc.state, 'On')
})

test('one order at a time for one machine', async (t) => {
  const { bmc, set, change } = await open(t)
  must(await set())
  bmc.faults.slowMs = 1000
  const first = change(OFF)
  const both = await Promise.all([first, change({ action: 1 })])
  t.deepEqual(both.map(kindOf).toSorted(compareTexts), ['bmc_busy', 'done'])
})

test('only the certificate that was named is believed, and nothing is sent before', async (t) => {
  const { admin, bmc, name, set } = await open(t)
  const asked = async (trust: object) => {
    must(await set(trust))
    return sentence(await admin.call(PowerService.GetPower, { name, timeout: { seconds: 5, nanos: 0 } }))
  }
  const stranger = await lab()
  t.regex(
    await asked({ ca: stranger.certificate }),
    /^bmc_untrusted: The BMC is not called: its certificate is not believed/,
  )
  t.regex(await asked({ ca: '' }), /^bmc_untrusted/, 'nor by the authorities of the system')
  const other = 'ab'.repeat(32)
  t.regex(
    await asked({ ca: '', fingerprint: other }),
    /^bmc_untrusted: .*is not the one that was named: its SHA-256 is [0-9a-f]{64}/,
  )
  t.regex(await asked({ url: `https://127.0.0.1:${bmc.port}` }), /^bmc_untrusted/, 'a certificate for another name')
  t.is(bmc.logins, 0)
  t.is(await asked({ ca: '', fingerprint: bmc.fingerprint }), 'done')
  t.is(bmc.logins, 1)
})

test('a machine that a tenant holds is refused, unless by force', async (t) => {
  const { admin, bmc, name, agent, set, change, events } = await open(t)
  must(await set())
  const spec = { machine_count: 1, task: { argv: ['/bin/sleep', '1000'] } }
  must(await admin.call(WorkloadService.SubmitWorkload, { tenant: 'red', spec }))
  await agent.settled()
  t.is(must(await admin.call(MachineService.GetMachine, { name })).machine?.tenant, 'red')
  const refused = await change(OFF)
  t.regex(sentence(refused), /^machine_held: Machine .* is allocated for tenant red\. Drain it first, or use force/)
  t.deepEqual(bmc.resets, [])
  must(await change({ ...OFF, force: true }))
  t.deepEqual(bmc.resets, ['ForceOff'])
  t.true((await events()).some(({ message }) => message.includes('by force while tenant red holds it: it must be off')))
})

test('what is asked wrongly is refused by name', async (t) => {
  const { admin, name, set, change } = await open(t)
  const field = (result: Result<unknown, BilletError>) => (result.ok ? '' : (result.error.field ?? result.error.kind))
  t.is(field(await admin.call(PowerService.GetBmc, { name })), 'bmc_not_found')
  t.is(field(await admin.call(PowerService.GetPower, { name })), 'bmc_not_found')
  t.is(field(await change(OFF)), 'bmc_not_found')
  t.is(field(await admin.call(PowerService.DeleteBmc, { name, request_id: 'a' })), 'bmc_not_found')
  const wrongs: readonly (readonly [object, string])[] = [
    [{ url: 'http://bmc.example' }, 'url'],
    [{ url: 'https://root:x@bmc.example' }, 'url'],
    [{ url: 'https://bmc.example/redfish' }, 'url'],
    [{ url: 'bmc' }, 'url'],
    [{ user_name: '' }, 'user_name'],
    [{ user_name: 'a:b' }, 'user_name'],
    [{ password: '' }, 'password'],
    [{ password: 'a\nb' }, 'password'],
    [{ password: 'x'.repeat(257) }, 'password'],
    [{ fingerprint: 'ab' }, 'fingerprint'],
    [{ fingerprint: 'ab'.repeat(32) }, 'fingerprint'],
    [{ ca: 'no certificate' }, 'ca'],
    [{ system: 'Systems/1' }, 'system'],
    [{ name: 'machines/x' }, 'name'],
    [{ name: 'machines/mch-0000000000000000' }, 'machine_not_found'],
  ]
  for (const [wrong, expected] of wrongs) t.is(field(await set(wrong)), expected, JSON.stringify(wrong))
  must(await set())
  t.is(field(await change({ reason: 'x' })), 'action')
  t.is(field(await change({ ...OFF, reason: '' })), 'reason')
  t.is(field(await change({ ...OFF, timeout: { seconds: 0, nanos: 0 } })), 'timeout')
  t.is(field(await change({ ...OFF, timeout: { seconds: 3601, nanos: 0 } })), 'timeout')
  t.is(field(await change({ action: 9 })), 'action')
})

test('without a key no password is kept; with another key it is not read', async (t) => {
  const { set, dataDir, admin, name, fleet } = await open(t, {})
  t.regex(sentence(await set()), /^bmc_key_missing: This coordinator has no key .* bmc_key_file/)
  t.is(kindOf(await admin.call(PowerService.GetBmc, { name })), 'bmc_not_found')
  await fleet.coordinator.stop()
  const restarted = async (key: string) => {
    const again = await Fleet.open(t, { dataDir, bmcKeyFile: keyFile(t, key) })
    const { ca, certificate, key: own } = again.context()
    const user = new Connection(`127.0.0.1:${again.coordinator.api.port}`, {
      authorities: ca,
      identity: { certificate, key: own },
    })
    t.teardown(() => user.close())
    return { again, user }
  }
  const first = await restarted('ab'.repeat(32))
  const asked = {
    name,
    url: 'https://localhost:1',
    user_name: 'root',
    password: PASSWORD,
    fingerprint: 'cd'.repeat(32),
  }
  must(await first.user.call(PowerService.SetBmc, asked))
  await first.again.coordinator.stop()
  const second = await restarted('cd'.repeat(32))
  t.like(must(await second.user.call(PowerService.GetBmc, { name })).bmc, {
    user_name: 'root',
    fingerprint: 'cd'.repeat(32),
  })
  const refused = await second.user.call(PowerService.GetPower, { name })
  t.regex(sentence(refused), /^bmc_key_missing: The BMC cannot be called: its password was sealed with another key/)
})

function filesUnder(path: string): readonly string[] {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesUnder(join(path, name))) : [path]
}

test('a password is in no answer, event, log or file, whatever goes wrong', async (t) => {
  const said: unknown[] = []
  const say = (fields: object, message: string): void => void said.push([inspect(fields, { depth: 9 }), message])
  const log = { debug: say, info: say, warn: say, error: say }
  const { admin, bmc, name, set, change, signer, dataDir } = await open(t, { bmcKeyFile: keyFile(t) }, log)
  const wrong = `${PASSWORD}-but-wrong`
  said.push(await set({ password: wrong }))
  said.push(await change(OFF))
  said.push(await admin.call(PowerService.GetPower, { name }))
  t.regex(JSON.stringify(said.at(-1)), /bmc_login_refused/)
  said.push(await set(), await set({ url: 'x', password: PASSWORD }), await set({ password: PASSWORD.repeat(20) }))
  bmc.faults.lies = true
  said.push(await change({ ...OFF, timeout: short }), await admin.call(PowerService.GetBmc, { name }))
  const stranger = await FakeBmc.open(t, await certified(signer, 'elsewhere'), { serial: SERIAL, password: PASSWORD })
  said.push(await set({ url: stranger.url }), await change(OFF))
  said.push(await admin.call(EventService.ListEvents, { page_size: 1000 }))
  said.push(await admin.call(PowerService.DeleteBmc, { name, request_id: 'gone' }))
  const token = Buffer.from(`root:${PASSWORD}`).toString('base64').slice(0, 24)
  for (const one of said) {
    const text = JSON.stringify(one)
    t.false(text.includes(PASSWORD), text)
    t.false(text.includes(token), text)
  }
  for (const path of filesUnder(dataDir)) t.false(readFileSync(path).includes(PASSWORD), path)
})
