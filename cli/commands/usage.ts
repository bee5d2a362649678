import { parseDay } from '../../shared/model/utc.ts'
import type { UsageEntry__Output } from '../../shared/wire/gen/types/billet/v1/UsageEntry.ts'
import { services } from '../../shared/wire/load.ts'
import { usage as misuse } from '../errors.ts'
import { plain, table } from '../render.ts'
import { type OutputOption, type Register, resourceName, shortName, withOutput } from './shared.ts'

const { UsageService } = services

type UsageOptions = OutputOption & {
  readonly tenant?: string
  readonly from?: string
  readonly to?: string
  readonly daily?: boolean
}

const HEADER = ['TENANT', 'CLASS', 'MACHINE-HOURS', 'GPU-HOURS', 'ENERGY', 'METERED']
const JOULES_PER_KWH = 3_600_000

function row(entry: UsageEntry__Output): readonly string[] {
  const { machine_hours: hours, metered_machine_hours: metered, energy_joules: joules } = entry
  return [
    shortName(entry.tenant),
    plain(entry.hardware_class) || '-',
    hours.toFixed(2),
    entry.gpu_hours.toFixed(2),
    metered === 0 ? '-' : `${(joules / JOULES_PER_KWH).toFixed(3)} kWh`,
    hours === 0 ? '-' : `${Math.min(100, Math.round((metered / hours) * 100))}%`,
  ]
}

function parseDate(option: string): (text: string) => string {
  return (text) => {
    const day = parseDay(text)
    if (day.ok) return text
    throw misuse(`${option}: ${day.error}.`)
  }
}

export const registerUsage: Register = (program, session) => {
  const command = program
    .command('usage')
    .description('what tenants used: machine-hours, GPU-hours and energy, by hardware class')
    .option('--tenant <tenant>', 'only this tenant')
    .option('--from <day>', 'from this day on, as 2026-12-24 in UTC', parseDate('--from'))
    .option('--to <day>', 'up to this day, itself among them', parseDate('--to'))
    .option('--daily', 'one line for each day')
  withOutput(command).action(async ({ tenant, from = '', to = '', daily = false, output }: UsageOptions) => {
    const of = tenant === undefined ? '' : resourceName('tenants', tenant)
    const request = { tenant: of, start_date: from, end_date: to, daily }
    const { usage: entries } = await session.api().call(UsageService.GetUsage, request)
    if (output === 'json') return entries.forEach((entry) => session.stdout(`${JSON.stringify(entry)}\n`))
    const header = daily ? ['DAY', ...HEADER] : HEADER
    session.stdout(
      table(
        header,
        entries.map((entry) => (daily ? [entry.date, ...row(entry)] : row(entry))),
      ),
    )
  })
}
