import { parseHardwareSerial, parseHardwareUuid, parseMacAddress } from '../../shared/model/hardware_identifiers.ts'
import { parseRegistrationName } from '../../shared/model/ids.ts'
import { REGISTRATION_BOUNDS } from '../../shared/model/registration.ts'
import { ok } from '../../shared/model/result.ts'
import {
  decode,
  enumWord,
  invalid,
  list,
  map,
  optionalTimestamp,
  parsed,
  present,
  resource,
  text,
  timestamp,
} from '../../shared/wire/check.ts'
import { registrationStates } from '../../shared/wire/enums.ts'
import type { RegisteredHardware__Output } from '../../shared/wire/gen/types/billet/v1/RegisteredHardware.ts'
import type { Registration, Registration__Output } from '../../shared/wire/gen/types/billet/v1/Registration.ts'
import type { RegistrationServiceHandlers } from '../../shared/wire/gen/types/billet/v1/RegistrationService.ts'
import type { HardwareClaim, RegistrationRecord } from '../core/enrolment_records.ts'
import type { AskedRegistration } from '../core/inputs.ts'
import type { Versioned } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Door } from './door.ts'
import { found } from './found.ts'
import { page } from './pages.ts'

export function registrationService(door: Door, fleet: Fleet): RegistrationServiceHandlers {
  return {
    RegisterMachines: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const asked = decode(() => {
        const wires = list('registrations', request.registrations, REGISTRATION_BOUNDS.atOnce)
        if (wires.length === 0) invalid('registrations', 'expected at least one')
        return wires.map((wire, index) => decodeRegistration(`registrations[${index}]`, wire))
      })
      if (!asked.ok) return asked
      const [registrations, digest] = [asked.value, digestOf(asked.value)]
      const answer = await fleet.submit({ kind: 'register_machines', caller: caller.value, digest, registrations })
      return answer.ok ? ok({ registrations: answer.value.map(registrationResource) }) : answer
    }),
    GetRegistration: door.unary(({ name }) => {
      const key = decode(() => registrationName(name))
      if (!key.ok) return key
      const record = fleet.read((view) => view.table('registrations').get(key.value))
      const answer = found(record, 'registration_not_found', name)
      return answer.ok ? ok({ registration: registrationResource(answer.value) }) : answer
    }),
    ListRegistrations: door.unary((request) =>
      fleet.read((view) => {
        const state = decode(() => (request.state === 0 ? null : enumWord('state', registrationStates, request.state)))
        if (!state.ok) return state
        const isWanted = (record: RegistrationRecord) => state.value === null || stateOf(record) === state.value
        const listed = page(view, 'registrations', request, { state: state.value }, isWanted)
        if (!listed.ok) return listed
        return ok({ registrations: listed.value.items.map(registrationResource), next_page_token: listed.value.next })
      }),
    ),
    DeleteRegistration: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const name = decode(() => registrationName(request.name))
      if (!name.ok) return name
      const answer = await fleet.submit({
        kind: 'delete_registration',
        caller: caller.value,
        registration: name.value,
      })
      if (!answer.ok) return answer
      return ok({ registration: answer.value === null ? null : registrationResource(answer.value) })
    }),
  }
}

const registrationName = (name: string) => resource('name', 'registrations', name, parseRegistrationName)

function decodeRegistration(field: string, wire: Registration__Output): AskedRegistration {
  return {
    name: resource(`${field}.name`, 'registrations', wire.name, parseRegistrationName),
    hardware: decodeHardware(`${field}.hardware`, present(`${field}.hardware`, wire.hardware)),
    labels: map(`${field}.labels`, wire.labels, { entries: REGISTRATION_BOUNDS.labels, key: 63, value: 63 }),
    hardwareClass: text(`${field}.hardware_class`, wire.hardware_class, 200),
  }
}

function decodeHardware(field: string, { uuid, serial, mac_addresses: macs }: RegisteredHardware__Output) {
  const hardware: HardwareClaim = {
    uuid: uuid === '' ? '' : parsed(`${field}.uuid`, uuid, parseHardwareUuid),
    serial: serial === '' ? '' : parsed(`${field}.serial`, serial, parseHardwareSerial),
    macAddresses: list(`${field}.mac_addresses`, macs, REGISTRATION_BOUNDS.macAddresses).map((mac, index) =>
      parsed(`${field}.mac_addresses[${index}]`, mac, parseMacAddress),
    ),
  }
  if (uuid === '' && serial === '' && macs.length === 0) {
    invalid(field, 'expected a UUID, a serial number or a network address')
  }
  return hardware
}

const stateOf = ({ machine }: RegistrationRecord): keyof typeof registrationStates =>
  machine === null ? 'waiting' : 'enrolled'

export function registrationResource({ record, revision }: Versioned<RegistrationRecord>): Registration {
  const { name, hardware, labels, hardwareClass, machine, user, createdAt, enrolledAt } = record
  return {
    name: `registrations/${name}`,
    hardware: { uuid: hardware.uuid, serial: hardware.serial, mac_addresses: [...hardware.macAddresses] },
    labels: { ...labels },
    hardware_class: hardwareClass,
    state: registrationStates[stateOf(record)],
    machine: machine === null ? '' : `machines/${machine}`,
    user,
    create_time: timestamp(createdAt),
    enrol_time: optionalTimestamp(enrolledAt),
    revision,
  }
}
