import test from 'ava'
import { must } from '../../fixtures.ts'
import { PASSWORD, mocked, patience } from './mocked.ts'
import { type Shape, ami, dell, hpe, lenovo, openbmc, supermicro, sushy } from './vendors.ts'

const yes = (): boolean => true
const UNKNOWN = { uuid: '', serial: '' }
const change = (
  action: 'on' | 'off' | 'graceful' | null,
  nextBoot: 'network' | 'network_always' | 'none' | null = null,
) => ({
  action,
  nextBoot,
})

test('what a Dell says, in a session that is ended', async (t) => {
  const bmc = mocked(t, dell, { uuid: '4C4C4544-0042-4310-8031-C2C04F333433', serial: 'other' })
  t.deepEqual(must(await bmc.control.status(bmc.target, patience())), {
    state: 'off',
    nextBoot: 'none',
    vendor: 'dell',
    manufacturer: 'Dell Inc.',
    model: 'PowerEdge XE9680',
    serial: 'CNIVC0019N0001',
    uuid: '4c4c4544-0042-4310-8031-c2c04f333433',
    biosVersion: '2.5.4',
    health: 'OK',
    processors: 2,
    memoryBytes: 2048 * 1024 ** 3,
    resetTypes: [
      'On',
      'ForceOff',
      'ForceRestart',
      'GracefulRestart',
      'GracefulShutdown',
      'PushPowerButton',
      'Nmi',
      'PowerCycle',
    ],
    system: dell.system,
  })
  t.is(bmc.asked[1], 'POST /redfish/v1/SessionService/Sessions')
  t.is(bmc.asked.at(-1), 'DELETE /redfish/v1/SessionService/Sessions/4')
})

test('a Dell is switched on and starts by network once: the override goes to the system', async (t) => {
  const bmc = mocked(t, dell, UNKNOWN)
  const done = must(await bmc.control.change(bmc.target, change('on', 'network'), patience(), yes))
  t.like(done, { already: false, status: { state: 'on', nextBoot: 'network' } })
  t.deepEqual(bmc.resets, ['On'])
  t.deepEqual(bmc.patches, [
    {
      path: dell.system,
      body: { Boot: { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' } },
      ifMatch: '',
    },
  ])
})

test('the sensors of a Dell, by Thermal and Power', async (t) => {
  const bmc = mocked(t, dell, UNKNOWN)
  t.deepEqual(must(await bmc.control.sensors(bmc.target, patience())), [
    { name: 'CPU1 Temp', kind: 'temperature', reading: 41, unit: 'Cel', health: 'OK' },
    { name: 'System Board Fan1A', kind: 'fan', reading: 7920, unit: 'RPM', health: 'OK' },
    { name: 'System Power Control', kind: 'power', reading: 612, unit: 'W', health: '' },
    { name: 'PS1 Voltage 1', kind: 'voltage', reading: 230, unit: 'V', health: 'OK' },
  ])
})

test('an HPE is shut down by its button, once; its session has a whole address', async (t) => {
  const bmc = mocked(t, hpe, { uuid: '', serial: 'cz202003gw' })
  const done = must(await bmc.control.change(bmc.target, change('graceful'), patience(), yes))
  t.like(done, { already: false, status: { state: 'off', vendor: 'hpe', health: 'Warning' } })
  t.deepEqual(bmc.resets, ['PushPowerButton'])
  t.is(bmc.asked.at(-1), 'DELETE /redfish/v1/SessionService/Sessions/admin000000005f/')
})

test('an HPE keeps the target of an override that is taken back', async (t) => {
  const bmc = mocked(t, hpe, UNKNOWN)
  const done = must(await bmc.control.change(bmc.target, change(null, 'none'), patience(), yes))
  t.like(done, { already: false, status: { state: 'on', nextBoot: 'none' } })
  t.deepEqual(
    bmc.patches.map(({ body }) => body),
    [{ Boot: { BootSourceOverrideEnabled: 'Disabled' } }],
  )
})

test('an HPE that refuses while it is between two states is asked again', async (t) => {
  const bmc = mocked(t, hpe, UNKNOWN)
  const info = { MessageId: 'iLO.2.14.InvalidOperationForSystemState', Message: '' }
  bmc.answers.push({ status: 400, body: { error: { '@Message.ExtendedInfo': [info] } } })
  const done = must(await bmc.control.change(bmc.target, change('off'), patience(), yes))
  t.is(done.status.state, 'off')
  t.deepEqual(bmc.resets, ['ForceOff', 'ForceOff'])
})

test('a Supermicro says elsewhere what it takes, and is told the mode of boot each time', async (t) => {
  const bmc = mocked(t, supermicro, { uuid: '33221100-5544-7766-8899-aabbccddeeff', serial: '' })
  const done = must(await bmc.control.change(bmc.target, change('graceful', 'network_always'), patience(), yes))
  t.like(done, { already: false, status: { state: 'off', nextBoot: 'network_always', vendor: 'supermicro' } })
  t.deepEqual(bmc.resets, ['GracefulShutdown'])
  t.deepEqual(
    bmc.patches.map(({ body }) => body),
    [
      {
        Boot: {
          BootSourceOverrideEnabled: 'Continuous',
          BootSourceOverrideTarget: 'Pxe',
          BootSourceOverrideMode: 'UEFI',
        },
      },
    ],
  )
})

test('a Lenovo is told with If-Match, at the system, and what it does not offer is refused', async (t) => {
  const bmc = mocked(t, lenovo, UNKNOWN)
  must(await bmc.control.change(bmc.target, change(null, 'network'), patience(), yes))
  t.deepEqual(
    bmc.patches.map(({ path, ifMatch }) => [path, ifMatch]),
    [[lenovo.system, '"2f3a8d1f"']],
  )
  const always = await bmc.control.change(bmc.target, change(null, 'network_always'), patience(), yes)
  t.like(always, {
    error: {
      kind: 'bmc_unsupported',
      message: 'The BMC cannot do this: it offers no boot override Continuous, but Once, Disabled.',
    },
  })
})

test('any BMC that asks for If-Match gets it', async (t) => {
  const asking: Shape = { ...dell, asksForEtag: true }
  const system = { ...dell.resources[dell.system], '@odata.etag': 'W/"77"' }
  const bmc = mocked(t, { ...asking, resources: { ...dell.resources, [dell.system]: system } }, UNKNOWN)
  must(await bmc.control.change(bmc.target, change(null, 'network'), patience(), yes))
  t.deepEqual(
    bmc.patches.map(({ ifMatch }) => ifMatch),
    ['', 'W/"77"'],
  )
})

test('an override that has its place beside the system is told there, and read there', async (t) => {
  const bmc = mocked(t, ami, UNKNOWN)
  const done = must(await bmc.control.change(bmc.target, change(null, 'network'), patience(), yes))
  t.like(done, { already: false, status: { vendor: 'standard' } })
  t.deepEqual(
    bmc.patches.map(({ path, ifMatch }) => [path, ifMatch]),
    [
      [`${ami.system}/SD`, ''],
      [`${ami.system}/SD`, '"1700000000"'],
    ],
  )
})

test('a system with OpenBMC is found beside its hypervisor; its sensors are read one by one', async (t) => {
  const bmc = mocked(t, openbmc, { uuid: 'a0000000-0000-0000-0000-000000000001', serial: '78AB123' })
  t.like(must(await bmc.control.change(bmc.target, change('on'), patience(), yes)), {
    already: false,
    status: { state: 'on', vendor: 'openbmc', system: openbmc.system },
  })
  t.deepEqual(bmc.resets, ['On'])
  t.deepEqual(must(await bmc.control.sensors(bmc.target, patience())), [
    { name: 'inlet', kind: 'temperature', reading: 24.5, unit: 'Cel', health: 'OK' },
  ])
})

test('a BMC without sessions is asked with the password each time; what is so already is not done', async (t) => {
  const bmc = mocked(t, sushy, { uuid: '48fd9f81-8e50-4f1e-b4d2-000000000001', serial: '' })
  t.like(must(await bmc.control.change(bmc.target, change('on'), patience(), yes)), {
    already: true,
    status: { state: 'on', nextBoot: null, vendor: 'sushy' },
  })
  t.deepEqual(bmc.resets, [])
  t.true(bmc.asked.every((asked) => !asked.startsWith('DELETE')))
})

test('a BMC of another machine is not touched, unless its system is named', async (t) => {
  const bmc = mocked(t, dell, { uuid: '4C4C4544-0042-4310-8031-C2C04F333434', serial: 'CNIVC0019N0002' })
  const refused = await bmc.control.change(bmc.target, change('on'), patience(), yes)
  t.is(refused.ok ? '' : refused.error.kind, 'bmc_other_machine')
  t.regex(
    refused.ok ? '' : refused.error.message,
    /another machine's: it has .*Embedded\.1 \(UUID 4c4c4544-.*N0001\)\. Set/,
  )
  t.deepEqual(bmc.resets, [])
  const named = mocked(t, dell, bmc.target.hardware, { system: dell.system })
  must(await named.control.change(named.target, change('on'), patience(), yes))
  t.deepEqual(named.resets, ['On'])
  const several = mocked(t, sushy, UNKNOWN)
  const unknown = await several.control.status(several.target, patience())
  t.is(unknown.ok ? '' : unknown.error.kind, 'bmc_other_machine', 'with several, one must be known to be it')
})

test('a machine that a tenant got meanwhile is left alone', async (t) => {
  const bmc = mocked(t, hpe, UNKNOWN)
  const refused = await bmc.control.change(bmc.target, change('off', 'none'), patience(), () => false)
  t.is(refused.ok ? '' : refused.error.kind, 'machine_held')
  t.deepEqual([bmc.resets, bmc.patches], [[], []])
})

test('what is not as Redfish says is named: resource, field and what was expected', async (t) => {
  const wrongs: readonly (readonly [string, object, RegExp])[] = [
    [dell.system, { PowerState: 7 }, /System\.Embedded\.1: PowerState: expected string\.$/],
    [
      dell.system,
      { Actions: { '#ComputerSystem.Reset': { target: 'https://evil.example/x' } } },
      /target: expected a path on this BMC/,
    ],
    [
      '/redfish/v1/Systems',
      { Members: [{ '@odata.id': '//evil.example/x' }] },
      /Members\.0\.@odata\.id: expected a path on/,
    ],
    ['/redfish/v1/Systems', { Members: undefined }, /Systems: Members: is missing\.$/],
  ]
  for (const [path, wrong, expected] of wrongs) {
    const resources = { ...dell.resources, [path]: { ...dell.resources[path], ...wrong } }
    const bmc = mocked(t, { ...dell, resources }, UNKNOWN)
    const refused = await bmc.control.status(bmc.target, patience())
    t.is(refused.ok ? '' : refused.error.kind, 'bmc_unsupported')
    t.regex(refused.ok ? '' : refused.error.message, expected)
  }
})

test('a BMC’s own words are told, without the password that it repeats', async (t) => {
  const bmc = mocked(t, openbmc, { uuid: '', serial: '78AB123' })
  const words = `no privilege for ${PASSWORD} with token-of-this-session`
  bmc.answers.push({ status: 404, body: { error: { '@Message.ExtendedInfo': [{ Message: words }] } } })
  const refused = await bmc.control.change(bmc.target, change('on'), patience(), yes)
  t.is(
    refused.ok ? '' : refused.error.message,
    'The BMC refuses On: HTTP 404, no privilege for [secret] with [secret].',
  )
})

test('a password that is refused is said to be, without it', async (t) => {
  const bmc = mocked(t, openbmc, UNKNOWN, { userName: 'nobody' })
  const refused = await bmc.control.status(bmc.target, patience())
  t.is(refused.ok ? '' : refused.error.kind, 'bmc_login_refused')
  t.regex(refused.ok ? '' : refused.error.message, /does not let nobody in/)
  t.deepEqual(bmc.asked, ['GET /redfish/v1/', 'POST /redfish/v1/SessionService/Sessions'])
})
