import { X509Certificate } from 'node:crypto'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { isHeld } from '../../shared/model/held.ts'
import { type MachineId, parseMachineId } from '../../shared/model/ids.ts'
import {
  type BmcAddress,
  type BmcTrust,
  POWER_BOUNDS,
  type PowerChange,
  type PowerStatus,
  bmcNotFound,
} from '../../shared/model/power.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Milliseconds, hours, minutes, seconds } from '../../shared/model/time.ts'
import {
  type WireTimestamp,
  atLeast,
  decode,
  durationOf,
  enumWord,
  invalid,
  resource,
  text,
  timestamp,
} from '../../shared/wire/check.ts'
import { nextBoots, powerActions, powerStates } from '../../shared/wire/enums.ts'
import type { Bmc } from '../../shared/wire/gen/types/billet/v1/Bmc.ts'
import type { ChangePowerRequest__Output } from '../../shared/wire/gen/types/billet/v1/ChangePowerRequest.ts'
import type { ChangePowerResponse } from '../../shared/wire/gen/types/billet/v1/ChangePowerResponse.ts'
import type { PowerServiceHandlers } from '../../shared/wire/gen/types/billet/v1/PowerService.ts'
import type { PowerStatus as WireStatus } from '../../shared/wire/gen/types/billet/v1/PowerStatus.ts'
import type { SetBmcRequest__Output } from '../../shared/wire/gen/types/billet/v1/SetBmcRequest.ts'
import type { BmcRecord } from '../core/bmc_record.ts'
import type { Caller } from '../core/inputs.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Call, Door } from './door.ts'
import type { Power, PowerTarget } from './power_ports.ts'

const REASON = 500
const STATUS_TIME = seconds(30)
const SENSORS_TIME = seconds(60)
const LOOK_TIME_MOST = minutes(10)
const CHANGE_TIME = minutes(5)
const CHANGE_TIME_MOST = hours(1)

export function powerService(door: Door, fleet: Fleet, power: Power): PowerServiceHandlers {
  return {
    SetBmc: door.unary((request, call) => setBmc(fleet, power, request, call)),
    GetBmc: door.unary(({ name }) => {
      const machine = decode(() => resource('name', 'machines', name, parseMachineId))
      if (!machine.ok) return machine
      const bmc = bmcOf(fleet, machine.value)
      return bmc.ok ? ok({ bmc: bmcResource(bmc.value) }) : bmc
    }),
    DeleteBmc: door.unary(async ({ name, request_id: id }, call) => {
      const caller = callerOf(call, id)
      if (!caller.ok) return caller
      const machine = decode(() => resource('name', 'machines', name, parseMachineId))
      if (!machine.ok) return machine
      const done = await fleet.submit({ kind: 'delete_bmc', caller: caller.value, machine: machine.value })
      return done.ok ? ok({}) : done
    }),
    GetPower: door.unary(async ({ name, timeout }, { signal }) => {
      const asked = lookAt(fleet, 'name', name, timeout, STATUS_TIME)
      if (!asked.ok) return asked
      const status = await power.status(asked.value.target, { timeout: asked.value.timeout, signal })
      return status.ok ? ok({ status: statusResource(asked.value.target.machine, status.value) }) : status
    }),
    ListBmcSensors: door.unary(async ({ parent, timeout }, { signal }) => {
      const asked = lookAt(fleet, 'parent', parent, timeout, SENSORS_TIME)
      if (!asked.ok) return asked
      const sensors = await power.sensors(asked.value.target, { timeout: asked.value.timeout, signal })
      return sensors.ok ? ok({ sensors: [...sensors.value] }) : sensors
    }),
    ChangePower: door.unary((request, call) => changePower(fleet, power, request, call)),
  }
}

type Look = { readonly target: PowerTarget; readonly timeout: Milliseconds }

function lookAt(
  fleet: Fleet,
  field: string,
  name: string,
  time: WireTimestamp | null,
  otherwise: Milliseconds,
): Result<Look, BilletError> {
  const asked = decode(() => ({
    machine: resource(field, 'machines', name, parseMachineId),
    timeout: timeoutOf(time, otherwise, LOOK_TIME_MOST),
  }))
  if (!asked.ok) return asked
  const target = targetOf(fleet, asked.value.machine)
  return target.ok ? ok({ target: target.value, timeout: asked.value.timeout }) : target
}

const timeoutOf = (time: WireTimestamp | null, otherwise: Milliseconds, most: Milliseconds): Milliseconds =>
  atLeast('timeout', durationOf('timeout', time, otherwise, most), seconds(1))

function targetOf(fleet: Fleet, machine: MachineId): Result<PowerTarget, BilletError> {
  const access = bmcOf(fleet, machine)
  if (!access.ok) return access
  const hardware = fleet.read((view) => view.find('machines', machine)?.hardware)
  return ok({ machine, hardware: hardware ?? { uuid: '', serial: '' }, access: access.value })
}

function bmcOf(fleet: Fleet, machine: MachineId): Result<BmcRecord, BilletError> {
  return fleet.read((view) => {
    if (view.find('machines', machine) === undefined) {
      return refuse(billetError('machine_not_found', `There is no machine ${machine}.`, { machine }))
    }
    const bmc = view.find('bmcs', machine)
    return bmc === undefined ? refuse(bmcNotFound(machine, `machine ${machine}`)) : ok(bmc)
  })
}

async function setBmc(
  fleet: Fleet,
  power: Power,
  request: SetBmcRequest__Output,
  call: Call,
): Promise<Result<{ bmc: Bmc }, BilletError>> {
  const caller = callerOf(call, request.request_id)
  if (!caller.ok) return caller
  const asked = decode(() => ({
    machine: resource('name', 'machines', request.name, parseMachineId),
    address: addressOf(request),
    password: request.password === '' ? invalid('password', 'expected one, got none') : request.password,
  }))
  if (!asked.ok) return asked
  const { machine, address, password } = asked.value
  if (password.length > POWER_BOUNDS.password || /\p{Cc}/u.test(password)) {
    const sentence = `password: expected at most ${POWER_BOUNDS.password} characters, and no control characters.`
    return refuse(billetError('invalid_argument', sentence, { field: 'password' }))
  }
  const sealed = power.seal(machine, address, password)
  if (!sealed.ok) return sealed
  const digest = digestOf({ kind: 'set_bmc', machine, address, password: power.mark(password) })
  const access = { ...address, password: sealed.value }
  const answer = await fleet.submit({ kind: 'set_bmc', caller: caller.value, digest, machine, access })
  return answer.ok ? ok({ bmc: bmcResource(answer.value.record) }) : answer
}

function addressOf(request: SetBmcRequest__Output): BmcAddress {
  const userName = text('user_name', request.user_name, POWER_BOUNDS.userName)
  // A colon would end the name where it is sent as HTTP's basic authorization.
  if (!/^[^\p{Cc}:]+$/u.test(userName)) invalid('user_name', 'expected a name without colons')
  const system = text('system', request.system, POWER_BOUNDS.path)
  if (system !== '' && !/^\/redfish\/[\x21-\x7e]+$/.test(system)) {
    invalid('system', 'expected a path such as "/redfish/v1/Systems/1", or nothing')
  }
  return { url: urlOf(request.url), userName, trust: trustOf(request), system }
}

/** The origin alone: nothing else of it is used. */
function urlOf(given: string): string {
  const expected = 'expected an address as https://bmc.example or https://10.0.0.1:8443'
  const url = URL.parse(text('url', given, POWER_BOUNDS.url)) ?? invalid('url', expected)
  if (url.username !== '' || url.password !== '') invalid('url', 'expected no user and no password in it')
  const isWhole = url.protocol === 'https:' && url.hostname !== '' && ['', '/'].includes(url.pathname + url.search)
  return isWhole ? url.origin : invalid('url', expected)
}

function trustOf({ fingerprint, ca }: SetBmcRequest__Output): BmcTrust {
  if (fingerprint !== '' && ca !== '') invalid('fingerprint', 'expected it or ca, got both')
  if (fingerprint !== '') {
    const sha256 = fingerprint.replaceAll(':', '').toLowerCase()
    if (!/^[0-9a-f]{64}$/.test(sha256)) invalid('fingerprint', 'expected SHA-256 as 64 hexadecimal digits')
    return { kind: 'fingerprint', sha256 }
  }
  if (ca === '') return { kind: 'system' }
  const pem = text('ca', ca, POWER_BOUNDS.pem)
  try {
    void new X509Certificate(pem)
    return { kind: 'authority', pem }
  } catch {
    return invalid('ca', 'expected certificates in PEM')
  }
}

type Order = {
  readonly machine: MachineId
  readonly change: PowerChange
  readonly reason: string
  readonly force: boolean
  readonly timeout: Milliseconds
}

function orderOf(request: ChangePowerRequest__Output): Order {
  const change = {
    action: request.action === 0 ? null : enumWord('action', powerActions, request.action),
    nextBoot: request.next_boot === 0 ? null : enumWord('next_boot', nextBoots, request.next_boot),
  }
  if (change.action === null && change.nextBoot === null) invalid('action', 'expected an action, next_boot, or both')
  return {
    machine: resource('name', 'machines', request.name, parseMachineId),
    change,
    reason:
      request.reason === ''
        ? invalid('reason', 'expected one sentence, got none')
        : text('reason', request.reason, REASON),
    force: request.force,
    timeout: timeoutOf(request.timeout, CHANGE_TIME, CHANGE_TIME_MOST),
  }
}

async function changePower(
  fleet: Fleet,
  power: Power,
  request: ChangePowerRequest__Output,
  call: Call,
): Promise<Result<ChangePowerResponse, BilletError>> {
  const caller = callerOf(call, request.request_id)
  if (!caller.ok) return caller
  const asked = decode(() => orderOf(request))
  if (!asked.ok) return asked
  const { machine, change, timeout, ...why } = asked.value
  const digest = digestOf({ kind: 'order_power', machine, change, ...why })
  const order = await fleet.submit({ kind: 'order_power', caller: caller.value, digest, machine, change, ...why })
  if (!order.ok) return order
  const target = { machine, hardware: order.value.machine.hardware, access: order.value.bmc }
  if (order.value.repeated) {
    const status = await power.status(target, { timeout, signal: call.signal })
    return status.ok ? ok({ status: statusResource(machine, status.value), already: false }) : status
  }
  // It goes on although who asked has gone: half a cycle leaves a machine off.
  const signal = new AbortController().signal
  const done = await power.change(target, change, { timeout, signal }, () => why.force || !isHeldIn(fleet, machine))
  await tell(fleet, caller.value, machine, done)
  if (!done.ok) return done
  return ok({ status: statusResource(machine, done.value.status), already: done.value.already })
}

const isHeldIn = (fleet: Fleet, id: MachineId): boolean =>
  fleet.read((view) => {
    const machine = view.find('machines', id)
    return machine !== undefined && isHeld(machine)
  })

/** What became of an order is among the events, also where who asked has gone. */
async function tell(
  fleet: Fleet,
  { user }: Caller,
  machine: MachineId,
  done: Awaited<ReturnType<Power['change']>>,
): Promise<void> {
  const outcome = done.ok
    ? ({ kind: 'done', state: done.value.status.state, already: done.value.already } as const)
    : ({ kind: 'failed', reason: done.error.message } as const)
  await fleet.submit({ kind: 'power_ended', user, machine, outcome })
}

export function bmcResource({ machine, url, userName, trust, system, user, setAt }: BmcRecord): Bmc {
  return {
    machine: `machines/${machine}`,
    url,
    user_name: userName,
    fingerprint: trust.kind === 'fingerprint' ? trust.sha256 : '',
    ca: trust.kind === 'authority' ? trust.pem : '',
    system,
    user,
    set_time: timestamp(setAt),
  }
}

export function statusResource(machine: MachineId, status: PowerStatus): WireStatus {
  return {
    machine: `machines/${machine}`,
    state: status.state === 'unknown' ? 0 : powerStates[status.state],
    next_boot: status.nextBoot === null ? 0 : nextBoots[status.nextBoot],
    vendor: status.vendor,
    manufacturer: status.manufacturer,
    model: status.model,
    serial: status.serial,
    uuid: status.uuid,
    bios_version: status.biosVersion,
    health: status.health,
    processors: status.processors,
    memory_bytes: status.memoryBytes,
    reset_types: [...status.resetTypes],
    system: status.system,
  }
}
