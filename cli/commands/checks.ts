import { quantity } from '../../shared/model/quantity.ts'
import type { Check__Output } from '../../shared/wire/gen/types/billet/v1/Check.ts'
import { CheckOutcome } from '../../shared/wire/gen/types/billet/v1/CheckOutcome.ts'
import type { CheckRange__Output } from '../../shared/wire/gen/types/billet/v1/CheckRange.ts'
import type { CheckSeries__Output } from '../../shared/wire/gen/types/billet/v1/CheckSeries.ts'
import { CheckVerdict } from '../../shared/wire/gen/types/billet/v1/CheckVerdict.ts'
import { Connection } from '../../shared/wire/gen/types/billet/v1/Connection.ts'
import { HealthAction } from '../../shared/wire/gen/types/billet/v1/HealthAction.ts'
import type { Machine__Output } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import { MachineState } from '../../shared/wire/gen/types/billet/v1/MachineState.ts'
import { Severity } from '../../shared/wire/gen/types/billet/v1/Severity.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { age, plain, table } from '../render.ts'
import { findMachine, selectMachines, withSelection } from './machines.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  collect,
  each,
  millisecondsOf,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { FleetService, MachineService } = services

const SERIES = ['MACHINE', 'CHECK', 'VALUE', 'ITS CLASS', 'BEFORE', 'VERDICT', 'AGE'] as const

function seriesRow(host: string, series: CheckSeries__Output, now: number): readonly string[] {
  const newest = series.points.at(-1)
  const isNumber = newest?.outcome === CheckOutcome.CHECK_OUTCOME_MEASURED
  return [
    host,
    plain([series.check, series.measure, series.device].filter((part) => part !== '').join(' ')),
    isNumber ? quantity(newest.value, series.unit) : word(CheckOutcome, 'CHECK_OUTCOME_', newest?.outcome),
    rangeText(series.peers, series.unit),
    rangeText(series.own, series.unit),
    verdictText(series),
    age(now - (millisecondsOf(newest?.time) ?? now)),
  ]
}

function rangeText(range: CheckRange__Output | null, unit: string): string {
  return range === null ? '-' : `${quantity(range.median, unit)} +-${quantity(range.spread, unit)} of ${range.count}`
}

const verdictText = ({ verdict }: CheckSeries__Output): string => word(CheckVerdict, 'CHECK_VERDICT_', verdict)

const isBad = ({ verdict }: CheckSeries__Output): boolean =>
  verdict === CheckVerdict.CHECK_VERDICT_WORSE || verdict === CheckVerdict.CHECK_VERDICT_FAILED

type Shown = { readonly host: string; readonly series: readonly CheckSeries__Output[] }

async function resultsOf(session: Session, parent: string, only: readonly string[]): Promise<Shown> {
  const { machine } = await session.api().call(MachineService.GetMachine, { name: parent })
  const { series } = await session.api().call(MachineService.ListCheckResults, { parent })
  const wanted = series.filter(({ check }) => only.length === 0 || only.includes(check))
  return { host: plain(machine?.hostname ?? '') || shortName(parent), series: wanted }
}

function print(session: Session, shown: readonly Shown[], { output }: OutputOption): void {
  const all = shown.flatMap(({ series }) => series)
  if (output === 'json') for (const series of all) session.stdout(`${JSON.stringify(series)}\n`)
  else if (output === 'name') for (const { check } of all) session.stdout(`${check}\n`)
  else {
    const rows = shown.flatMap(({ host, series }) => series.map((one) => seriesRow(host, one, session.now())))
    session.stdout(table(SERIES, rows))
    for (const { host, series } of shown) {
      for (const one of series.filter(isBad)) session.stdout(`${host}: ${plain(one.sentence)}\n`)
    }
  }
}

type RunOptions = OutputOption & {
  readonly only?: readonly string[]
  readonly wait: boolean
  readonly state?: readonly string[]
  readonly selector?: Readonly<Record<string, string>>
  readonly class?: string
  readonly tenant?: string
}

async function run(session: Session, texts: readonly string[], options: RunOptions): Promise<void> {
  const names = await chosen(session, texts, { state: ['available'] }, options)
  const checks = [...(options.only ?? [])]
  const begun = await each(session, names, { atOnce: 1, called: shortName }, async (name) => {
    const request = { name, request_id: session.requestId(), checks }
    const { machine } = await session.api().call(MachineService.CheckMachine, request)
    return machine ?? undefined
  })
  if (!options.wait) return
  const shown = await each(session, begun, { atOnce: 1, called: ({ name }) => shortName(name) }, async (machine) => {
    await untilChecked(session, machine)
    return resultsOf(session, machine.name, checks)
  })
  if (shown.length === 0 && names.length > 0) return
  print(session, shown, options)
  if (shown.some(({ series }) => series.some(isBad))) session.exit(exitCodes.refused)
}

/** Those that are named, or those that are selected, in states where nothing else is said. */
async function chosen(
  session: Session,
  texts: readonly string[],
  otherwise: Pick<RunOptions, 'state'>,
  options: RunOptions,
): Promise<readonly string[]> {
  const { selector, class: hardwareClass, state, tenant } = options
  const isSelected = [selector, hardwareClass, state, tenant].some((one) => one !== undefined)
  if (texts.length > 0 && isSelected) throw usage('Name machines or select them, not both.')
  if (texts.length > 0) {
    const names: string[] = []
    for (const text of texts) names.push(await findMachine(session, text))
    return names
  }
  if (!isSelected) throw usage('Name machines, or select them with --selector, --class or --state.')
  const names: string[] = []
  for await (const { name } of selectMachines(session, { ...otherwise, ...options })) names.push(name)
  return names
}

async function untilChecked(session: Session, { name, revision }: Machine__Output): Promise<void> {
  const request = { after_revision: revision - 1, filter: { prefix: name } }
  for await (const { machine } of session.api().stream(MachineService.WatchMachines, request)) {
    if (machine === null || machine === undefined || machine.name !== name) continue
    if (machine.state === MachineState.MACHINE_STATE_QUARANTINED) {
      throw new CommandFailure(`It is quarantined: ${machine.state_reason}`, exitCodes.refused)
    }
    if (machine.state !== MachineState.MACHINE_STATE_VALIDATING) return
    if (machine.connection !== Connection.CONNECTION_CONNECTED) {
      throw new CommandFailure('It is not connected any more.', exitCodes.refused)
    }
  }
}

const CHECKS = ['CHECK', 'WHEN VALIDATING', 'TOLERANCE', 'SEVERITY', 'ACTION', 'ABOUT'] as const

function checkRow(check: Check__Output): readonly string[] {
  return [
    check.id,
    check.disabled ? 'off' : check.validating ? 'yes' : 'no',
    `${Math.round(check.tolerance * 100)} %`,
    word(Severity, 'SEVERITY_', check.severity),
    word(HealthAction, 'HEALTH_ACTION_', check.action),
    plain(check.about || check.argv.join(' ')),
  ]
}

export const registerChecks: Register = (program, session) => {
  const group = program.command('check').description('measure machines that nobody holds')
  const running = group
    .command('run', { isDefault: true })
    .argument('[machine...]')
    .description('measure machines, wait, and compare them with their class and with what they were (the default)')
    .option('--only <check>', 'only this check (repeatable)', collect)
    .option('--no-wait', 'return once it was asked for')
  withOutput(withSelection(running)).action((machines: readonly string[], options: RunOptions) =>
    run(session, machines, options),
  )
  const results = group.command('results').argument('[machine...]').description('what checks found before')
  withOutput(withSelection(results))
    .option('--only <check>', 'only this check (repeatable)', collect)
    .action(async (machines: readonly string[], options: RunOptions) => {
      const names = await chosen(session, machines, {}, options)
      const shown: Shown[] = []
      for (const name of names) shown.push(await resultsOf(session, name, options.only ?? []))
      print(session, shown, options)
    })
  withOutput(group.command('list').description('the checks, and what is done about what they find')).action(
    async ({ output }: OutputOption) => {
      const { checks } = await session.api().call(FleetService.ListChecks, {})
      if (output === 'json') for (const check of checks) session.stdout(`${JSON.stringify(check)}\n`)
      else if (output === 'name') for (const { id } of checks) session.stdout(`${id}\n`)
      else session.stdout(table(CHECKS, checks.map(checkRow)))
    },
  )
}
