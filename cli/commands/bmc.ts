import type { Command } from 'commander'
import { readPrivateFile } from '../../shared/files.ts'
import { quantity } from '../../shared/model/quantity.ts'
import type { Bmc__Output } from '../../shared/wire/gen/types/billet/v1/Bmc.ts'
import { services } from '../../shared/wire/load.ts'
import { usage } from '../errors.ts'
import { age, plain, table } from '../render.ts'
import { type OutputOption, type Session, millisecondsOf, readInput, shortName, withOutput } from './shared.ts'

const { PowerService } = services

export type FindMachine = (session: Session, text: string) => Promise<string>

type SetOptions = OutputOption & {
  readonly url: string
  readonly user: string
  readonly passwordFile: string
  readonly ca?: string
  readonly fingerprint?: string
  readonly system?: string
}

/** Without what ends its last line, which most editors add. */
function passwordIn(path: string): string {
  const text = readPrivateFile(path)
  if (!text.ok) throw usage(`--password-file: ${text.error}.`)
  return text.value.replace(/\r?\n$/, '')
}

async function set(session: Session, find: FindMachine, text: string, options: SetOptions): Promise<void> {
  const password = passwordIn(options.passwordFile)
  const ca = options.ca === undefined ? '' : readInput(options.ca).content.toString('utf8')
  const answer = await session.api().call(PowerService.SetBmc, {
    name: await find(session, text),
    request_id: session.requestId(),
    url: options.url,
    user_name: options.user,
    password,
    fingerprint: options.fingerprint ?? '',
    ca,
    system: options.system ?? '',
  })
  print(session, answer.bmc, options)
}

function print(session: Session, bmc: Bmc__Output | null | undefined, { output }: OutputOption): void {
  if (bmc === undefined || bmc === null) return
  if (output === 'json') return session.stdout(`${JSON.stringify(bmc)}\n`)
  if (output === 'name') return session.stdout(`${bmc.machine}\n`)
  const { fingerprint, ca, system, set_time: setTime } = bmc
  const believed = ca === '' ? "the system's authorities" : 'the authorities that were given'
  const facts = [
    ['Machine', shortName(bmc.machine)],
    ['Address', bmc.url],
    ['User', bmc.user_name],
    ['Certificate', fingerprint === '' ? `signed by ${believed}` : `SHA-256 ${fingerprint}`],
    ['System', system === '' ? "the one with the machine's UUID or serial number" : system],
    ['Set', `by ${bmc.user}, ${age(session.now() - (millisecondsOf(setTime) ?? 0))} ago`],
  ]
  session.stdout(facts.map(([name, value]) => `${`${name}:`.padEnd(13)}${plain(value ?? '')}\n`).join(''))
}

async function sensors(session: Session, find: FindMachine, text: string, { output }: OutputOption): Promise<void> {
  const parent = await find(session, text)
  const deadlineMs = 90_000
  const answer = await session.api().call(PowerService.ListBmcSensors, { parent }, { deadlineMs })
  if (output === 'json') {
    for (const sensor of answer.sensors) session.stdout(`${JSON.stringify(sensor)}\n`)
    return
  }
  const rows = answer.sensors.map(({ name, kind, reading, unit, health }) => [
    plain(name),
    plain(kind),
    quantity(reading, plain(unit)),
    plain(health) || '-',
  ])
  session.stdout(
    rows.length === 0 ? 'Its BMC shows no sensor.\n' : table(['SENSOR', 'KIND', 'READING', 'HEALTH'], rows),
  )
}

/** `billet machines bmc`: how the BMCs of machines are reached, and what their sensors show. */
export function registerBmc(machines: Command, session: Session, find: FindMachine): void {
  const group = machines
    .command('bmc')
    .description("machines' BMCs: how they are reached by Redfish, and their sensors")
  const setting = group
    .command('set')
    .argument('<machine>')
    .description('say how the BMC of a machine is reached, in place of what was said before')
    .requiredOption('--url <address>', 'where it answers, such as https://bmc.example or https://10.0.0.1:8443')
    .requiredOption('--user <name>', 'who the coordinator is there')
    .requiredOption('--password-file <file>', 'private file with the password of that user')
    .option('--ca <file>', 'certificates that sign its certificate, in PEM')
    .option('--fingerprint <sha256>', 'SHA-256 of its certificate: no other is believed')
    .option('--system <path>', 'which ComputerSystem is the machine; found by UUID or serial number otherwise')
  withOutput(setting).action((machine: string, options: SetOptions) => set(session, find, machine, options))
  const getting = group.command('get').argument('<machine>').description('show it, without the password')
  withOutput(getting).action(async (machine: string, options: OutputOption) => {
    const { bmc } = await session.api().call(PowerService.GetBmc, { name: await find(session, machine) })
    print(session, bmc, options)
  })
  group
    .command('delete')
    .argument('<machine>')
    .description('forget the BMC of a machine and its password')
    .action(async (machine: string) => {
      const request = { name: await find(session, machine), request_id: session.requestId() }
      await session.api().call(PowerService.DeleteBmc, request)
    })
  const reading = group.command('sensors').argument('<machine>').description('what its sensors show now')
  withOutput(reading).action((machine: string, options: OutputOption) => sensors(session, find, machine, options))
}
