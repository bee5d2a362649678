import test from 'ava'
import * as fc from 'fast-check'
import type { SystemFacts } from '../../../coordinator/power/facts.ts'
import { nextBootOf } from '../../../coordinator/power/facts.ts'
import { isSame } from '../../../coordinator/power/identity.ts'
import {
  NOTHING_DONE,
  type Progress,
  type ResetOutcome,
  type Step,
  bootBody,
  nextStep,
  resetTypeFor,
} from '../../../coordinator/power/plan.ts'
import { type Vendor, quirks, vendorOf } from '../../../coordinator/power/quirks.ts'
import type { NextBoot, PowerAction, PowerChange, PowerState } from '../../../shared/model/power.ts'

const boot = {
  path: '/s',
  etag: '"1"',
  target: 'None',
  enabled: 'Disabled',
  mode: 'UEFI',
  targets: null,
  enableds: null,
}
const system = (state: PowerState, resetTypes: readonly string[] | null = null): SystemFacts => ({
  state,
  resetTarget: '/s/Actions/ComputerSystem.Reset',
  resetTypes,
  boot,
})

test('which ResetType is sent for what is asked', (t) => {
  const asked = (wanted: 'on' | 'off' | 'graceful', state: PowerState, types: readonly string[] | null) => {
    const type = resetTypeFor(wanted, system(state, types))
    return type.ok ? type.value : `refused: ${type.error}`
  }
  t.is(asked('on', 'off', ['ForceOff', 'ForceOn', 'On']), 'On')
  t.is(asked('on', 'off', ['ForceOn']), 'ForceOn')
  t.is(asked('on', 'off', ['PushPowerButton']), 'PushPowerButton')
  t.regex(asked('on', 'unknown', ['PushPowerButton']), /^refused: it offers none of On, ForceOn, but PushPowerButton$/)
  t.is(asked('off', 'on', ['ForceOff', 'GracefulShutdown']), 'ForceOff')
  t.regex(asked('off', 'on', ['GracefulShutdown', 'PushPowerButton']), /^refused: it offers none of ForceOff/)
  t.is(asked('graceful', 'on', ['ForceOff', 'PushPowerButton', 'GracefulShutdown']), 'GracefulShutdown')
  t.is(asked('graceful', 'on', ['ForceOff', 'PushPowerButton']), 'PushPowerButton')
  t.regex(
    asked('graceful', 'on', ['ForceOff']),
    /^refused: it offers none of GracefulShutdown, PushPowerButton, but ForceOff$/,
  )
  t.deepEqual(
    (['on', 'off', 'graceful'] as const).map((wanted) => asked(wanted, 'unknown', null)),
    ['On', 'ForceOff', 'GracefulShutdown'],
    'a BMC that does not say what it takes',
  )
  t.false(resetTypeFor('on', { ...system('off'), resetTarget: '' }).ok)
})

test('what is sent for the next boot', (t) => {
  const body = (wanted: NextBoot, vendor: Vendor, more: Partial<typeof boot> = {}) => {
    const made = bootBody(wanted, { ...boot, ...more }, quirks[vendor])
    return made.ok ? made.value : made.error
  }
  const once = { BootSourceOverrideEnabled: 'Once', BootSourceOverrideTarget: 'Pxe' }
  t.deepEqual(body('network', 'standard'), once)
  t.deepEqual(body('network', 'supermicro', { mode: '' }), { ...once, BootSourceOverrideMode: 'UEFI' })
  t.deepEqual(body('network', 'supermicro', { mode: 'Legacy' }), { ...once, BootSourceOverrideMode: 'Legacy' })
  const offers = { targets: ['Hdd', 'UefiHttp'], enableds: ['Disabled', 'Once'] }
  t.like(bootBody('network', { ...boot, ...offers }, quirks.standard), {
    value: { BootSourceOverrideTarget: 'UefiHttp', BootSourceOverrideEnabled: 'Once' },
  })
  t.like(bootBody('network_always', { ...boot, ...offers }, quirks.standard), {
    error: 'it offers no boot override Continuous, but Disabled, Once',
  })
  t.like(bootBody('network', { ...boot, targets: ['Hdd'] }, quirks.standard), {
    error: 'it offers no start by network, but Hdd',
  })
  t.deepEqual(body('none', 'standard'), { BootSourceOverrideEnabled: 'Disabled', BootSourceOverrideTarget: 'None' })
  t.deepEqual(body('none', 'hpe'), { BootSourceOverrideEnabled: 'Disabled' })
})

test('whose BMC it is', (t) => {
  const makers = {
    vendor: '',
    oem: [],
    serviceId: 'RootService',
    manufacturer: '',
    systemPath: '/redfish/v1/Systems/1',
  }
  t.is(vendorOf({ ...makers, vendor: 'Dell' }), 'dell')
  t.is(vendorOf({ ...makers, oem: ['Hpe'] }), 'hpe')
  t.is(vendorOf({ ...makers, oem: ['Hp'] }), 'hpe')
  t.is(vendorOf({ ...makers, manufacturer: 'Super Micro Computer, Inc.' }), 'supermicro')
  t.is(vendorOf({ ...makers, oem: ['Lenovo'], manufacturer: 'NVIDIA' }), 'lenovo')
  t.is(vendorOf({ ...makers, systemPath: '/redfish/v1/Systems/system', manufacturer: 'Lenovo' }), 'openbmc')
  t.is(vendorOf({ ...makers, serviceId: 'RedvirtService' }), 'sushy')
  t.is(vendorOf({ ...makers, manufacturer: 'Contoso' }), 'standard')
})

test('a machine is known by its UUID in either order of bytes, or by its serial number', (t) => {
  const uuid = '00112233-4455-6677-8899-aabbccddeeff'
  t.true(isSame({ uuid, serial: '' }, { uuid: uuid.toUpperCase(), serial: 'x' }))
  t.true(isSame({ uuid, serial: '' }, { uuid: '33221100-5544-7766-8899-AABBCCDDEEFF', serial: '' }))
  t.true(isSame({ uuid, serial: 'ABC' }, { uuid: '01112233-4455-6677-8899-aabbccddeeff', serial: 'abc ' }))
  t.false(isSame({ uuid, serial: 'ABC' }, { uuid: '01112233-4455-6677-8899-aabbccddeeff', serial: 'abd' }))
  t.is(isSame({ uuid, serial: '' }, { uuid: '', serial: 'abd' }), null)
  t.is(isSame({ uuid: '0'.repeat(32), serial: '' }, { uuid: '0'.repeat(32), serial: '' }), null)
})

type Machine = { state: PowerState; target: string; enabled: string; until: number; next: PowerState }

/** A BMC that does what it is told, sooner or later, and does not always say so. */
class ModelBmc {
  readonly sent: string[] = []
  readonly patched: string[] = []
  readonly #types: readonly string[] | null
  readonly #slow: number
  #machine: Machine

  constructor(state: PowerState, types: readonly string[] | null, slow: number) {
    this.#types = types
    this.#slow = slow
    this.#machine = { state, target: 'None', enabled: 'Disabled', until: 0, next: state }
  }

  look(now: number): SystemFacts {
    if (now >= this.#machine.until) this.#machine.state = this.#machine.next
    const { state, target, enabled } = this.#machine
    return { ...system(state, this.#types), boot: { ...boot, target, enabled } }
  }

  patch(body: Readonly<Record<string, string>>): void {
    this.patched.push(body['BootSourceOverrideEnabled'] ?? '')
    this.#machine.enabled = body['BootSourceOverrideEnabled'] ?? this.#machine.enabled
    this.#machine.target = body['BootSourceOverrideTarget'] ?? this.#machine.target
  }

  reset(type: string, now: number, luck: number): ResetOutcome {
    this.sent.push(type)
    if (luck < 0.15) return luck < 0.08 ? 'not_done' : 'refused'
    if (luck < 0.25) return 'unknown'
    const isOn = this.#machine.next === 'on'
    const next = type === 'PushPowerButton' ? (isOn ? 'off' : 'on') : /^(?:Force)?On$/.test(type) ? 'on' : 'off'
    if (next !== this.#machine.state) {
      const going = next === 'on' ? 'powering_on' : 'powering_off'
      this.#machine = { ...this.#machine, state: going, next, until: now + this.#slow }
    }
    return luck < 0.4 ? 'unknown' : 'accepted'
  }
}

type Played = { readonly step: Step; readonly bmc: ModelBmc; readonly state: PowerState }

function play(change: PowerChange, bmc: ModelBmc, luck: () => number, until: number): Played {
  let progress: Progress = NOTHING_DONE
  let now = 0
  for (;;) {
    const seen = bmc.look(now)
    if (seen.state === 'off' && progress.sent.length > 0 && progress.offSince === null) {
      progress = { ...progress, offSince: now }
    }
    const step = nextStep(change, seen, progress, quirks.standard, now)
    if (step.kind === 'done' || step.kind === 'unsupported' || now > until) return { step, bmc, state: seen.state }
    if (step.kind === 'wait') {
      if (!(step.ms > 0)) throw new Error(`it waits ${step.ms} ms`)
      now += step.ms
    } else if (step.kind === 'set_boot') {
      bmc.patch(step.boot)
      progress = { ...progress, bootSentAt: now }
    } else {
      const outcome = bmc.reset(step.type, now, luck())
      progress = { ...progress, sent: [...progress.sent, { type: step.type, at: now, outcome }] }
    }
    now += 10
  }
}

const actions: readonly PowerAction[] = ['on', 'off', 'graceful', 'cycle']
const types = ['On', 'ForceOn', 'ForceOff', 'GracefulShutdown', 'PushPowerButton', 'ForceRestart', 'Nmi', 'PowerCycle']

test('whatever a BMC offers and loses, a plan ends as ordered or says why not, and sends only what it may', (t) => {
  const change = fc.record({
    action: fc.option(fc.constantFrom(...actions)),
    nextBoot: fc.option(fc.constantFrom<NextBoot>('network', 'network_always', 'none')),
  })
  const offered = fc.option(fc.subarray(types))
  const states = fc.constantFrom<PowerState>('on', 'off')
  const lucks = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })
  const property = fc.property(change, offered, states, fc.nat(20_000), lucks, (asked, offers, state, slow, draws) => {
    const left = [...draws]
    const {
      step,
      bmc,
      state: last,
    } = play(asked, new ModelBmc(state, offers, slow), () => left.shift() ?? 1, 3_600_000)
    const { action } = asked
    if (offers !== null)
      t.deepEqual(
        bmc.sent.filter((type) => !offers.includes(type)),
        [],
      )
    if (action === null) t.is(bmc.sent.length, 0)
    if (action === 'graceful') t.false(bmc.sent.includes('ForceOff'))
    if (action === 'off') t.true(bmc.sent.every((type) => type === 'ForceOff'))
    if (action === 'on') t.false(bmc.sent.includes('ForceOff'))
    const wanted = action === 'off' || action === 'graceful' ? 'off' : 'on'
    if (action !== null && action !== 'cycle' && state === wanted) t.is(bmc.sent.length, 0, 'it was so already')
    const shown = nextBootOf(bmc.look(0).boot)
    if (step.kind === 'done') {
      if (action !== null) t.is(last, wanted)
      if (action === 'cycle') t.true(state === 'off' || bmc.sent.includes('ForceOff'))
      if (asked.nextBoot !== null) t.is(shown, asked.nextBoot)
      t.is(step.already, bmc.sent.length + bmc.patched.length === 0)
    } else if (step.kind === 'unsupported') {
      t.true(step.message.startsWith('it '))
    } else {
      // Only what must not be repeated may be lost for good.
      t.true(bmc.sent.some((type) => ['GracefulShutdown', 'PushPowerButton'].includes(type)))
    }
    // What cannot be switched on again is not switched off for a cycle.
    if (action === 'cycle' && bmc.sent.includes('ForceOff') && offers !== null) {
      t.true(offers.some((type) => ['On', 'ForceOn', 'PushPowerButton'].includes(type)))
    }
  })
  fc.assert(property, { numRuns: 2000 })
})

test('a button is pressed once, whatever became of it', (t) => {
  for (const luck of [0.2, 0.3, 1]) {
    const bmc = new ModelBmc('on', ['PushPowerButton', 'ForceOff'], 1000)
    play({ action: 'graceful', nextBoot: null }, bmc, () => luck, 600_000)
    t.deepEqual(bmc.sent, ['PushPowerButton'])
  }
})

test('a BMC that takes the boot override and does not show it is found out', (t) => {
  const seen = system('on')
  const change = { action: 'cycle', nextBoot: 'network' } as const
  const progress = { ...NOTHING_DONE, bootSentAt: 0 }
  t.is(nextStep(change, seen, progress, quirks.standard, 1000).kind, 'wait')
  t.deepEqual(nextStep(change, seen, progress, quirks.standard, 15_000), {
    kind: 'unsupported',
    message: 'it took the boot override and does not show it: it says None, Disabled',
  })
})
