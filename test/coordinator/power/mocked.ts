import { syncBuiltinESMExports } from 'node:module'
import type { ExecutionContext } from 'ava'
import nock from 'nock'
import { PowerControl, type Target } from '../../../coordinator/power/control.ts'
import { PasswordVault } from '../../../coordinator/power/vault.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { BmcAddress } from '../../../shared/model/power.ts'
import { seconds } from '../../../shared/model/time.ts'
import { machine } from '../../shared/lab.ts'
import type { Json, Shape } from './vendors.ts'

// It put its own in place of `request` of `node:https`: whoever imported that by name gets it too.
syncBuiltinESMExports()
nock.disableNetConnect()

export const PASSWORD = 'hunter2-"and more"'
export const vault = new PasswordVault(Buffer.alloc(32, 7))

export type Mocked = {
  readonly control: PowerControl
  readonly target: Target
  /** Method and path of everything that was asked, in order. */
  readonly asked: string[]
  readonly patches: { readonly path: string; readonly body: unknown; readonly ifMatch: string }[]
  readonly resets: string[]
  /** Answers the next reset otherwise. */
  readonly answers: { readonly status: number; readonly body: Json }[]
}

const POWER: Readonly<Record<string, string>> = { On: 'On', ForceOn: 'On', ForceOff: 'Off', GracefulShutdown: 'Off' }

const plain = (value: unknown): Json => (typeof value === 'object' && value !== null ? { ...value } : {})

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

let made = 0

/** A BMC of this shape, at whose address nothing but the mock answers; it follows what it is told at once. */
export function mocked(
  t: ExecutionContext,
  shape: Shape,
  hardware: Target['hardware'],
  more: Partial<BmcAddress> = {},
): Mocked {
  made += 1
  const url = `https://bmc${made}.example`
  const address: BmcAddress = { url, userName: 'root', trust: { kind: 'system' }, system: '', ...more }
  const access = { ...address, password: vault.seal(machine, address, PASSWORD) }
  const control = new PowerControl({ vault, clock: systemClock, draw: () => 0 })
  const mock: Mocked = {
    control,
    target: { machine, hardware, access },
    asked: [],
    patches: [],
    resets: [],
    answers: [],
  }
  answer(shape, url, mock)
  t.teardown(() => control.close())
  return mock
}

/** What it answers to each method. */
function answer(shape: Shape, url: string, mock: Mocked): void {
  const resources = new Map<string, Json>(Object.entries({ '/redfish/v1/': shape.root, ...shape.resources }))
  const scope = nock(url).persist()
  const isLetIn = (headers: Readonly<Record<string, unknown>>): boolean =>
    headers['x-auth-token'] === 'token-of-this-session' ||
    headers['authorization'] === `Basic ${Buffer.from(`root:${PASSWORD}`).toString('base64')}`
  const system = (): Json => resources.get(shape.system) ?? {}
  scope.get(/.*/).reply(function reply(path) {
    mock.asked.push(`GET ${path}`)
    if (path !== '/redfish/v1/' && !isLetIn(this.req.headers)) return [401, {}]
    const resource = resources.get(path)
    return resource === undefined ? [404, {}] : [200, resource, { ETag: textOf(resource['@odata.etag']) }]
  })
  scope.delete(/.*/).reply(function reply(path) {
    mock.asked.push(`DELETE ${path}`)
    return [204]
  })
  scope.post(/.*/).reply(function reply(path, body) {
    mock.asked.push(`POST ${path}`)
    if (path.endsWith('/Sessions')) {
      if (shape.location === null) return [404, { error: { code: 'Base.1.0.GeneralError', message: 'not found' } }]
      const { UserName, Password } = plain(body)
      if (UserName !== 'root' || Password !== PASSWORD) return [401, {}]
      return [201, {}, { 'X-Auth-Token': 'token-of-this-session', Location: shape.location }]
    }
    const type = textOf(plain(body)['ResetType'])
    mock.resets.push(type)
    const other = mock.answers.shift()
    if (other !== undefined) return [other.status, other.body]
    const isOn = system()['PowerState'] === 'On'
    const state = type === 'PushPowerButton' ? (isOn ? 'Off' : 'On') : POWER[type]
    if (state !== undefined) resources.set(shape.system, { ...system(), PowerState: state })
    return [204]
  })
  scope.patch(/.*/).reply(function reply(path, body) {
    mock.asked.push(`PATCH ${path}`)
    const ifMatch = textOf(this.req.headers['if-match'])
    mock.patches.push({ path, body, ifMatch })
    if (shape.asksForEtag === true && ifMatch !== system()['@odata.etag']) return [ifMatch === '' ? 428 : 412, {}]
    resources.set(path, {
      ...resources.get(path),
      Boot: { ...plain(resources.get(path)?.['Boot']), ...plain(plain(body)['Boot']) },
    })
    return [200, {}]
  })
}

export const patience = () => ({ timeout: seconds(20), signal: new AbortController().signal })
