import type { Command } from 'commander'
import type { Registration__Output } from '../../shared/wire/gen/types/billet/v1/Registration.ts'
import { RegistrationState } from '../../shared/wire/gen/types/billet/v1/RegistrationState.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, usage } from '../errors.ts'
import { type Asked, type Row, parseRegistrations } from '../registration_file.ts'
import { age, plain } from '../render.ts'
import {
  type Duration,
  type OutputOption,
  type Session,
  collect,
  collectPairs,
  millisecondsOf,
  numberOf,
  pages,
  parseDuration,
  printAll,
  readInput,
  resourceName,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { RegistrationService, TokenService } = services

type RegisterOptions = OutputOption & {
  readonly mac?: readonly string[]
  readonly uuid?: string
  readonly serial?: string
  readonly label?: Readonly<Record<string, string>>
  readonly class?: string
  readonly file?: string
  readonly token?: boolean
  readonly ttl?: Duration
}

async function register(session: Session, name: string | undefined, options: RegisterOptions): Promise<void> {
  const { file, token = false, ttl } = options
  if ((name === undefined) === (file === undefined)) throw usage('Say which machine: a name, or --file.')
  if (ttl !== undefined && !token) throw usage('--ttl: expected --token beside it.')
  const rows = file === undefined ? [] : rowsOf(file, options)
  const asked = name === undefined ? rows.map((one) => one.asked) : [askedOf(name, options)]
  const registrations = await ask(session, asked, (index) =>
    file === undefined ? '' : `${file}:${rows[index]?.line}: `,
  )
  if (!token) return print(session, registrations, options)
  await makeTokens(session, registrations, options)
}

function askedOf(
  name: string,
  { mac = [], uuid = '', serial = '', label = {}, class: hardwareClass = '' }: RegisterOptions,
) {
  return { name, hardware: { uuid, serial, mac_addresses: mac }, labels: label, hardware_class: hardwareClass }
}

function rowsOf(file: string, { mac, uuid, serial, label, class: hardwareClass }: RegisterOptions): readonly Row[] {
  const isMore = [mac, uuid, serial, label, hardwareClass].some((one) => one !== undefined)
  if (isMore)
    throw usage('--file: expected no --mac, --uuid, --serial, --label or --class beside it: the file says these.')
  return parseRegistrations(file, readInput(file).content)
}

/** A field of the request, as who wrote the line or the option knows it. */
const FIELDS: readonly (readonly [RegExp, column: string, option: string])[] = [
  [/^\.name/, 'name', 'the name'],
  [/^\.hardware\.mac_addresses\[\d+\]/, 'mac', '--mac'],
  [/^\.hardware\.mac_addresses/, 'mac', '--mac'],
  [/^\.hardware\.uuid/, 'uuid', '--uuid'],
  [/^\.hardware\.serial/, 'serial', '--serial'],
  [/^\.hardware(?=:)/, 'mac, uuid, serial', '--mac, --uuid, --serial'],
  [/^\.labels/, 'labels', '--label'],
  [/^\.hardware_class/, 'class', '--class'],
]

/** @param place where a machine is written down, as a prefix; empty: on the command line. */
async function ask(session: Session, asked: readonly Asked[], place: (index: number) => string) {
  const registrations = asked.map((one) => ({
    ...one,
    name: resourceName('registrations', one.name),
    hardware: { ...one.hardware, mac_addresses: [...one.hardware.mac_addresses] },
    labels: { ...one.labels },
  }))
  try {
    const request = { registrations, request_id: session.requestId() }
    const answer = await session.api().call(RegistrationService.RegisterMachines, request)
    return answer.registrations ?? []
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    const [whole = '', index, rest = ''] = /^registrations\[(\d+)\]([^]*)$/.exec(error.message) ?? []
    const known = FIELDS.find(([pattern]) => pattern.test(rest))
    if (whole === '' || known === undefined) throw error
    const [pattern, column, option] = known
    const where = place(Number(index))
    throw new CommandFailure(where + rest.replace(pattern, where === '' ? option : column), error.exitCode)
  }
}

async function makeTokens(
  session: Session,
  registrations: readonly Registration__Output[],
  { output, ttl, file }: RegisterOptions,
): Promise<void> {
  for (const [made, { name }] of registrations.entries()) {
    const request = { registration: name ?? '', ttl: ttl ?? null, request_id: session.requestId() }
    const answer = await session
      .api()
      .call(TokenService.CreateToken, request)
      .catch((error: unknown) => {
        if (!(error instanceof CommandFailure)) throw error
        const left = `All are registered, and ${made} of ${registrations.length} tokens were made.`
        const advice = 'Make the others with billet tokens create --for.'
        throw new CommandFailure(`${error.message} ${left} ${advice}`, error.exitCode)
      })
    if (output === 'json') session.stdout(`${JSON.stringify(answer)}\n`)
    else session.stdout(file === undefined ? `${answer.secret}\n` : `${shortName(name)} ${answer.secret}\n`)
  }
  const what =
    file === undefined
      ? `${shortName(registrations[0]?.name)}; its token is`
      : `${registrations.length} machines; their tokens are`
  session.stderr(`billet: registered ${what} not shown again\n`)
}

const HEADER = ['REGISTRATION', 'STATE', 'MACHINE', 'MAC', 'UUID', 'SERIAL', 'CLASS', 'LABELS', 'AGE']

function row(one: Registration__Output, now: number): readonly string[] {
  const { uuid, serial, mac_addresses: macs } = one.hardware ?? {}
  return [
    shortName(one.name),
    stateWord(one),
    shortName(one.machine) || '-',
    (macs ?? []).join(';') || '-',
    uuid || '-',
    plain(serial ?? '') || '-',
    plain(one.hardware_class ?? '') || '-',
    plain(labelsOf(one).join(';')) || '-',
    age(now - (millisecondsOf(one.create_time) ?? now)),
  ]
}

const stateWord = ({ state }: Registration__Output): string => word(RegistrationState, 'REGISTRATION_STATE_', state)

const labelsOf = ({ labels }: Registration__Output): readonly string[] =>
  Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)

function print(session: Session, registrations: readonly Registration__Output[], options: OutputOption): void {
  printAll(session, registrations, options, HEADER, row)
}

type ListOptions = OutputOption & { readonly state?: string }

async function list(session: Session, options: ListOptions): Promise<void> {
  const state =
    options.state === undefined ? 0 : numberOf(RegistrationState, 'REGISTRATION_STATE_', options.state, '--state')
  const registrations: Registration__Output[] = []
  const all = pages(async (page_token) => {
    const request = { page_size: 1000, page_token, state }
    const page = await session.api().call(RegistrationService.ListRegistrations, request)
    return { items: page.registrations ?? [], token: page.next_page_token ?? '' }
  })
  for await (const one of all) registrations.push(one)
  print(session, registrations, options)
}

async function show(session: Session, text: string, options: OutputOption): Promise<void> {
  const name = resourceName('registrations', text)
  const { registration } = await session.api().call(RegistrationService.GetRegistration, { name })
  if (registration === null || registration === undefined) return
  if (options.output === 'json' || options.output === 'name') return print(session, [registration], options)
  session.stdout(describe(registration))
}

const timeOf = (stamp: Registration__Output['create_time']): string =>
  new Date(millisecondsOf(stamp) ?? 0).toISOString()

function describe(one: Registration__Output): string {
  const { uuid, serial, mac_addresses: macs } = one.hardware ?? {}
  const isWaiting = one.machine === ''
  const facts: readonly (readonly [string, string])[] = [
    ['Registration', shortName(one.name)],
    [
      'State',
      isWaiting ? stateWord(one) : `${stateWord(one)} as ${shortName(one.machine)} at ${timeOf(one.enrol_time)}`,
    ],
    ['Addresses', (macs ?? []).join(', ') || 'none'],
    ['UUID', uuid || 'none'],
    ['Serial', serial || 'none'],
    ['Class', one.hardware_class || 'any'],
    ['Labels', labelsOf(one).join(', ') || 'none'],
    ['Registered', `by ${one.user} at ${timeOf(one.create_time)}`],
  ]
  return facts.map(([name, value]) => `${`${name}:`.padEnd(16)}${plain(value)}\n`).join('')
}

async function remove(session: Session, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const request = { name: resourceName('registrations', text), request_id: session.requestId() }
    await session.api().call(RegistrationService.DeleteRegistration, request)
  }
}

const FILE =
  'machines from a file: a line name,mac,uuid,serial,class,labels, then one line for each, all or none of them'

/** Machines that are known before they come. */
export function registerRegistrations(group: Command, session: Session): void {
  const registering = group
    .command('register')
    .argument('[name]')
    .description('say beforehand what a machine is called, and by what its hardware is recognised when it enrols')
    .option('--mac <address>', 'it has this network address (repeatable)', collect)
    .option('--uuid <uuid>', 'it has this SMBIOS UUID')
    .option('--serial <serial>', 'it has this serial number')
    .option('--label <key=value>', 'it gets this label (repeatable)', collectPairs('--label'))
    .option('--class <class>', 'it is offered only if its inventory is of this hardware class')
    .option('--file <file>', FILE)
    .option('--token', 'make a join token for each, once for that hardware; secrets go to standard output, once')
    .option('--ttl <duration>', 'with --token: how long they last; 15m otherwise', parseDuration('--ttl'))
  withOutput(registering).action((name: string | undefined, options: RegisterOptions) =>
    register(session, name, options),
  )
  const registrations = group.command('registrations').description('machines that were registered beforehand')
  const listing = registrations
    .command('list')
    .description('list registrations')
    .option('--state <state>', 'only those in this state: waiting or enrolled')
  withOutput(listing).action((options: ListOptions) => list(session, options))
  withOutput(
    registrations.command('show').argument('<registration>').description('everything about one registration'),
  ).action((name: string, options: OutputOption) => show(session, name, options))
  registrations
    .command('delete')
    .argument('<registration...>')
    .description('forget registrations, and revoke their tokens; a machine that came keeps its name and labels')
    .action((names: readonly string[]) => remove(session, names))
}
