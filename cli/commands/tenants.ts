import type { Quota__Output } from '../../shared/wire/gen/types/billet/v1/Quota.ts'
import type { Tenant__Output } from '../../shared/wire/gen/types/billet/v1/Tenant.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { plain } from '../render.ts'
import { type Priority, parsePriority, priorityShown } from './priority_classes.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  pages,
  parseCount,
  printAll,
  resourceName,
  shortName,
  withOutput,
} from './shared.ts'

const { TenantService } = services

type Quota = {
  readonly hardware_class: string
  readonly limit: number
  readonly unlimited: boolean
  readonly guaranteed: number
}

const HEADER = ['TENANT', 'SHARE', 'USED', 'HELD', 'BORROWED', 'WAITING', 'QUOTAS']

function print(session: Session, tenants: readonly Tenant__Output[], options: OutputOption): void {
  // Where nothing is guaranteed to anybody, nothing is taken back.
  const isAnyGuaranteed = tenants.some(({ quotas }) => quotas.some(({ guaranteed }) => guaranteed > 0))
  printAll(session, tenants, options, HEADER, (tenant) => [
    shortName(tenant.name),
    `${tenant.share}`,
    used(tenant),
    `${heldOf(tenant)}`,
    `${isAnyGuaranteed ? tenant.borrowed_machines : '-'}`,
    `${tenant.waiting_workloads}`,
    tenant.quotas.map(written).join(' '),
  ])
  if (options.output === 'json' || options.output === 'name') return
  for (const warning of new Set(tenants.flatMap(({ warnings }) => warnings))) {
    session.stderr(`billet: warning: ${plain(warning)}\n`)
  }
}

/** As the option takes it. */
function written({ hardware_class: of, limit, unlimited, guaranteed }: Quota__Output): string {
  const amount = guaranteed === 0 && !unlimited ? `${limit}` : `${guaranteed}..${unlimited ? '' : limit}`
  return of === '' ? amount : `${plain(of)}=${amount}`
}

const used = ({ used_machine_hours: hours }: Tenant__Output): string => `${hours.toFixed(1)}h`
const heldOf = ({ held_machines: held }: Tenant__Output): number =>
  Object.values(held).reduce((sum, count) => sum + count, 0)

function describe(tenant: Tenant__Output): string {
  const { held_machines: held } = tenant
  const classes = Object.entries(held).map(([hardwareClass, count]) => `${count} of class ${plain(hardwareClass)}`)
  const lines = [
    `Tenant:   ${shortName(tenant.name)}`,
    `Share:    ${tenant.share}`,
    `Used:     ${used(tenant)}, weighted by class, what is long ago fading`,
    `Holds:    ${classes.join(', ') || 'no machines'}`,
    ...(tenant.max_priority === null ? [] : [`Priority: at most ${priorityShown(tenant.max_priority)}`]),
    `Waiting:  ${tenant.waiting_workloads === 1 ? '1 workload' : `${tenant.waiting_workloads} workloads`}`,
    ...(tenant.quotas.length === 0 ? ['Quota:    none'] : tenant.quotas.map((quota) => quotaLine(quota, held))),
    ...(tenant.quotas.some(({ guaranteed }) => guaranteed > 0)
      ? [`Borrowed: ${tenant.borrowed_machines} of what it holds`]
      : []),
    ...tenant.warnings.map((warning) => `Warning:  ${plain(warning)}`),
  ]
  return `${lines.join('\n')}\n`
}

function quotaLine(quota: Quota__Output, held: Readonly<Record<string, number>>): string {
  const { hardware_class: of, limit, unlimited, guaranteed } = quota
  const all = Object.entries(held).filter(([hardwareClass]) => of === '' || of === hardwareClass)
  const has = all.reduce((sum, [, count]) => sum + count, 0)
  const most = unlimited ? `${has}` : `${has} of ${limit}`
  const own = guaranteed === 0 ? '' : `, ${guaranteed} guaranteed`
  return `Quota:    ${most}${of === '' ? ' of all classes' : ` of class ${plain(of)}`}${own}`
}

async function list(session: Session, options: OutputOption): Promise<void> {
  const tenants: Tenant__Output[] = []
  const all = pages(async (page_token) => {
    const page = await session.api().call(TenantService.ListTenants, { page_size: 1000, page_token })
    return { items: page.tenants, token: page.next_page_token }
  })
  for await (const tenant of all) tenants.push(tenant)
  print(session, tenants, options)
}

function printOne(session: Session, tenant: Tenant__Output | null, options: OutputOption): void {
  if (tenant === null) throw new CommandFailure('No tenant came back.', exitCodes.refused)
  if (options.output === 'json' || options.output === 'name') return print(session, [tenant], options)
  session.stdout(describe(tenant))
}

/** `quotas` is false where none are wanted any more. */
type SetOptions = OutputOption & {
  readonly share?: number
  readonly quota?: readonly Quota[]
  readonly quotas: boolean
  /** False where no limit is wanted any more. */
  readonly maxPriority?: Priority | false
}

async function set(session: Session, name: string, options: SetOptions): Promise<void> {
  const { share, quota, quotas: areWanted, maxPriority } = options
  if (quota !== undefined && !areWanted) throw usage('Expected --quota or --no-quotas, got both.')
  if (share === undefined && quota === undefined && areWanted && maxPriority === undefined) {
    throw usage('Say what to set: --share, --quota, --no-quotas, --max-priority or --no-max-priority.')
  }
  const quotas = areWanted ? quota : []
  const { tenant } = await session.api().call(TenantService.UpdateTenant, {
    name: resourceName('tenants', name),
    share: share ?? 0,
    quotas: quotas === undefined ? null : { quotas: [...quotas] },
    max_priority: maxPriority === undefined ? null : maxPriority === false ? { unlimited: true } : maxPriority,
    request_id: session.requestId(),
  })
  printOne(session, tenant, options)
}

const SHARE_MAX = 1_000_000

function parseShare(text: string): number {
  const share = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && share > 0 && share <= SHARE_MAX) return share
  throw usage(`--share: expected a number above 0 and up to ${SHARE_MAX}, got ${JSON.stringify(text)}.`)
}

/** "[class=]limit", "[class=]guaranteed..limit" or "[class=]guaranteed.." */
function collectQuotas(text: string, collected: readonly Quota[] = []): readonly Quota[] {
  const equals = text.lastIndexOf('=')
  const hardware_class = text.slice(0, Math.max(0, equals))
  if (equals === 0) throw usage(`--quota: expected class=limit or a limit, got ${JSON.stringify(text)}.`)
  if (collected.some((quota) => quota.hardware_class === hardware_class)) {
    throw usage(`--quota: expected one for ${hardware_class === '' ? 'all classes' : `class ${hardware_class}`}.`)
  }
  return [...collected, { hardware_class, ...parseAmount(text.slice(equals + 1)) }]
}

function parseAmount(text: string): Omit<Quota, 'hardware_class'> {
  const parse = parseCount('--quota', 0, 1_000_000)
  const [first = '', last, ...rest] = text.split('..')
  if (rest.length > 0) throw usage(`--quota: expected guaranteed..limit, got ${JSON.stringify(text)}.`)
  if (last === undefined) return { limit: parse(first), unlimited: false, guaranteed: 0 }
  const guaranteed = parse(first)
  if (last === '') return { limit: 0, unlimited: true, guaranteed }
  const limit = parse(last)
  if (guaranteed <= limit) return { limit, unlimited: false, guaranteed }
  throw usage(`--quota: expected no more guaranteed than the limit, got ${JSON.stringify(text)}.`)
}

export const registerTenants: Register = (program, session) => {
  const group = program.command('tenants').alias('tenant').description('who machines go to, and how they are shared')
  withOutput(group.command('list').description('list tenants')).action((options: OutputOption) =>
    list(session, options),
  )
  withOutput(group.command('show').argument('<tenant>').description('everything about one tenant')).action(
    async (name: string, options: OutputOption) => {
      const request = { name: resourceName('tenants', name) }
      const { tenant } = await session.api().call(TenantService.GetTenant, request)
      printOne(session, tenant, options)
    },
  )
  const setting = group
    .command('set')
    .argument('<tenant>')
    .description("set a tenant's share, quotas and highest priority; what it holds already it keeps")
    .option('--share <number>', 'twice as much: twice as many machines before another tenant goes first', parseShare)
    .option(
      '--quota <[class=][guaranteed..]limit>',
      'at most so many machines at once, of which so many are its own whenever it asks: 8..64, or 8.. for no limit; ' +
        'in place of all quotas that it has (repeatable)',
      collectQuotas,
    )
    .option('--no-quotas', 'as many machines as there are, and none guaranteed')
    .option(
      '--max-priority <number|class>',
      'what is submitted for it from now on has no higher priority',
      parsePriority('--max-priority'),
    )
    .option('--no-max-priority', 'any priority')
  withOutput(setting).action((name: string, options: SetOptions) => set(session, name, options))
}
