import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { parseContextFile } from '../../../shared/context_file.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { RegistrationState } from '../../../shared/wire/gen/types/billet/v1/RegistrationState.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet, directory } from '../../cli/fixture.ts'
import { must, tenant } from '../../fixtures.ts'

const { REGISTRATION_STATE_WAITING, REGISTRATION_STATE_ENROLLED } = RegistrationState
const { RegistrationService, TokenService } = services

async function open(t: ExecutionContext): Promise<{ readonly fleet: Fleet; readonly admin: Connection }> {
  const fleet = await Fleet.open(t)
  const { address, ca, certificate, key } = fleet.context()
  const admin = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => admin.close())
  return { fleet, admin }
}

const UUID = '4c4c4544-0042-3510-8054-b9c04f564432'

test('what is wrong in a registration is refused by field', async (t) => {
  const { admin } = await open(t)
  const good = { name: 'registrations/good', hardware: { serial: 'S1' } }
  const field = async (asked: object) => {
    const registrations = [good, { name: 'registrations/a', hardware: { serial: 'S2' }, ...asked }]
    const answer = await admin.call(RegistrationService.RegisterMachines, { registrations })
    return answer.ok
      ? 'accepted'
      : `${answer.error.kind} ${(answer.error.field ?? '').replace('registrations[1].', '')}`
  }
  const hardware = (of: object) => field({ hardware: of })
  t.is(await field({ name: 'a' }), 'invalid_argument name')
  t.is(await field({ name: 'registrations/A' }), 'invalid_argument name')
  t.is(await field({ name: `registrations/${'a.'.repeat(127)}` }), 'invalid_argument name')
  t.is(await field({ hardware: null }), 'invalid_argument hardware')
  t.is(await hardware({}), 'invalid_argument hardware')
  t.is(await hardware({ uuid: 'x' }), 'invalid_argument hardware.uuid')
  t.is(await hardware({ uuid: '00000000-0000-0000-0000-000000000000' }), 'invalid_argument hardware.uuid')
  t.is(await hardware({ uuid: '03000200-0400-0500-0006-000700080009' }), 'invalid_argument hardware.uuid')
  for (const serial of ['0000000', 'Default string', 'x'.repeat(65), 'ü', '  ']) {
    t.is(await hardware({ serial }), 'invalid_argument hardware.serial', serial)
  }
  for (const mac of [
    '',
    '02:00:00:00:00',
    '02:00:00:00:00:0g',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:01',
  ]) {
    t.is(await hardware({ mac_addresses: [mac] }), 'invalid_argument hardware.mac_addresses[0]', mac)
  }
  const macs = Array.from({ length: 17 }, (_, n) => `02:00:00:00:01:${10 + n}`)
  t.is(await hardware({ mac_addresses: macs }), 'invalid_argument hardware.mac_addresses')
  t.is(await field({ labels: { '': 'x' } }), 'invalid_argument labels')
  t.is(await field({ labels: { 'a b': 'x' } }), 'invalid_argument labels')
  t.is(await field({ hardware_class: 'x'.repeat(201) }), 'invalid_argument hardware_class')
  t.is(await field({ hardware: { serial: 's1' } }), 'registration_conflict hardware.serial')
  const none = await admin.call(RegistrationService.RegisterMachines, {})
  t.like(none, { ok: false, error: { field: 'registrations' } })
  t.deepEqual(must(await admin.call(RegistrationService.ListRegistrations, {})).registrations, [])
})

test('machines are registered once for a request, told, listed by state and page, and forgotten', async (t) => {
  const { admin } = await open(t)
  const one = {
    name: 'registrations/rack7-01.example',
    hardware: { uuid: UUID.toUpperCase(), serial: ' S1 ', mac_addresses: ['0200.0000.0001', '02-00-00-00-00-0A'] },
    labels: { rack: '7' },
    hardware_class: 'large',
  }
  const request = { registrations: [one, { name: 'registrations/b', hardware: { serial: 'S2' } }], request_id: 'r1' }
  const { registrations } = must(await admin.call(RegistrationService.RegisterMachines, request))
  t.deepEqual(must(await admin.call(RegistrationService.RegisterMachines, request)).registrations, registrations)
  const hardware = { uuid: UUID, serial: 'S1', mac_addresses: ['02:00:00:00:00:01', '02:00:00:00:00:0a'] }
  t.like(registrations[0], { ...one, hardware, state: 1, machine: '', user: 'admin', enrol_time: null })
  const { registration } = must(await admin.call(RegistrationService.GetRegistration, { name: one.name }))
  t.deepEqual(registration, registrations[0])
  const first = must(
    await admin.call(RegistrationService.ListRegistrations, { page_size: 1, state: REGISTRATION_STATE_WAITING }),
  )
  t.deepEqual(
    first.registrations.map(({ name }) => name),
    ['registrations/b'],
  )
  const next = { page_size: 1, state: REGISTRATION_STATE_WAITING, page_token: first.next_page_token }
  t.deepEqual(must(await admin.call(RegistrationService.ListRegistrations, next)).registrations, [registration])
  t.deepEqual(
    must(await admin.call(RegistrationService.ListRegistrations, { state: REGISTRATION_STATE_ENROLLED })).registrations,
    [],
  )
  const removal = { name: one.name, request_id: 'r2' }
  t.deepEqual(must(await admin.call(RegistrationService.DeleteRegistration, removal)).registration, registration)
  t.is(must(await admin.call(RegistrationService.DeleteRegistration, removal)).registration, null)
  const gone = await admin.call(RegistrationService.GetRegistration, { name: one.name })
  t.like(gone, { ok: false, error: { kind: 'registration_not_found' } })
})

test('a token is bound to hardware as it is registered: in any spelling, and to nothing that many have', async (t) => {
  const { admin } = await open(t)
  const create = (binding: object) => admin.call(TokenService.CreateToken, { binding })
  const uuid = '4C4C4544-0031-3510-8052-B4C04F4E3132'
  t.deepEqual(must(await create({ uuid, serial: ' ABC1 ', mac_address: '0200.5E10.0001' })).token?.binding, {
    uuid: uuid.toLowerCase(),
    serial: 'ABC1',
    mac_address: '02:00:5e:10:00:01',
  })
  for (const [field, value] of [
    ['uuid', 'no UUID'],
    ['serial', 'Default string'],
    ['mac_address', 'ff:ff:ff:ff:ff:ff'],
  ] as const) {
    t.like(await create({ [field]: value }), { ok: false, error: { field: `binding.${field}` } })
  }
})

test('a token for a registration is for nothing else, lasts minutes, and is told with it', async (t) => {
  const { admin } = await open(t)
  const registrations = [{ name: 'registrations/a', hardware: { serial: 'S1' } }]
  must(await admin.call(RegistrationService.RegisterMachines, { registrations }))
  const create = (more: object) => admin.call(TokenService.CreateToken, { registration: 'registrations/a', ...more })
  t.like(await create({ binding: { serial: 'S1' } }), { ok: false, error: { field: 'binding' } })
  t.like(await create({ uses: 2 }), { ok: false, error: { field: 'uses' } })
  t.like(await create({ registration: 'a' }), { ok: false, error: { field: 'registration' } })
  t.like(await create({ registration: 'registrations/b' }), { ok: false, error: { kind: 'registration_not_found' } })
  const { token } = must(await create({}))
  t.like(token, { registration: 'registrations/a', uses_left: 1, auto_approve: true, refuse_time: null })
  const lasts = (token?.expire_time?.seconds ?? 0) - (token?.create_time?.seconds ?? 0)
  t.true(lasts >= 899 && lasts <= 901, `${lasts}`)
})

test('registrations are for users: neither tenants nor machines may have them', async (t) => {
  const { fleet } = await open(t)
  const { authority, api } = fleet.coordinator
  const token = (await fleet.run('tokens', 'create')).stdout.trim()
  const machine = must(await fleet.enrol(token, { serial: 'S1' }, 'm'))
  const file = join(directory(t), 'red.json')
  await authority.tenantContext(file, `127.0.0.1:${api.port}`, tenant('red'))
  const red = must(parseContextFile(readFileSync(file, 'utf8'))).contexts['red']
  if (red === undefined) return t.fail()
  for (const { certificate, key } of [machine, red]) {
    const tls = { authorities: authority.certificate, identity: { certificate, key } }
    const connection = new Connection(`127.0.0.1:${api.port}`, tls)
    t.teardown(() => connection.close())
    for (const method of Object.values(RegistrationService)) {
      const answer = await connection.call(method, {})
      t.is(answer.ok ? 'answered' : answer.error.kind, 'permission_denied', method.path)
    }
  }
})
