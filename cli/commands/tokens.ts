import type { JoinToken__Output } from '../../shared/wire/gen/types/billet/v1/JoinToken.ts'
import { services } from '../../shared/wire/load.ts'
import { age, plain } from '../render.ts'
import {
  type Duration,
  type OutputOption,
  type Register,
  type Session,
  millisecondsOf,
  pages,
  parseCount,
  parseDuration,
  printAll,
  resourceName,
  shortName,
  withOutput,
} from './shared.ts'

const { TokenService } = services

type CreateOptions = OutputOption & {
  readonly description: string
  readonly uses: number
  readonly ttl?: Duration
  readonly for?: string
  readonly autoApprove?: boolean
  readonly uuid?: string
  readonly serial?: string
  readonly mac?: string
}

async function create(session: Session, options: CreateOptions): Promise<void> {
  const { description, uses, ttl = null, for: name, uuid = '', serial = '', mac = '' } = options
  const answer = await session.api().call(TokenService.CreateToken, {
    description,
    uses,
    ttl,
    auto_approve: options.autoApprove === true,
    binding: { uuid, serial, mac_address: mac },
    registration: name === undefined ? '' : resourceName('registrations', name),
    request_id: session.requestId(),
  })
  if (options.output === 'json') return session.stdout(`${JSON.stringify(answer)}\n`)
  // The secret alone on standard output, so that it can go into a file without being seen.
  session.stdout(`${answer.secret}\n`)
  const machines = name ?? (uses === 1 ? '1 machine' : `${uses} machines`)
  session.stderr(`billet: token ${shortName(answer.token?.name)} enrols ${machines}; its secret is not shown again\n`)
}

function row(token: JoinToken__Output, now: number): readonly string[] {
  const expires = millisecondsOf(token.expire_time) ?? now
  const revoked = token.revoke_time !== undefined && token.revoke_time !== null
  const use = revoked ? 'revoked' : expires <= now ? 'expired' : (token.uses_left ?? 0) === 0 ? 'spent' : 'usable'
  const binding = [token.binding?.uuid, token.binding?.serial, token.binding?.mac_address].filter(Boolean).join(',')
  const state = use + (token.refuse_time === undefined || token.refuse_time === null ? '' : ',refused')
  return [
    shortName(token.name),
    state,
    `${token.uses_made ?? 0}/${(token.uses_made ?? 0) + (token.uses_left ?? 0)}`,
    expires <= now ? '-' : age(expires - now),
    token.auto_approve ? 'yes' : 'no',
    shortName(token.registration) || binding || '-',
    plain(token.description ?? ''),
  ]
}

async function list(session: Session, options: OutputOption): Promise<void> {
  const tokens: JoinToken__Output[] = []
  const all = pages(async (page_token) => {
    const page = await session.api().call(TokenService.ListTokens, { page_size: 1000, page_token })
    return { items: page.tokens ?? [], token: page.next_page_token ?? '' }
  })
  for await (const token of all) tokens.push(token)
  const header = ['TOKEN', 'STATE', 'USED', 'EXPIRES IN', 'AUTO-APPROVE', 'FOR', 'DESCRIPTION']
  printAll(session, tokens, options, header, row)
}

export const registerTokens: Register = (program, session) => {
  const group = program.command('tokens').alias('token').description('permission to enrol machines')
  const creating = group
    .command('create')
    .description('make a join token; its secret goes to standard output, once')
    .option('--description <text>', 'what it is for', '')
    .option('--uses <count>', 'how many machines it enrols', parseCount('--uses', 1, 100_000), 1)
    .option('--ttl <duration>', 'how long it lasts: 1h otherwise, 15m with --for', parseDuration('--ttl'))
    .option('--auto-approve', 'machines enrolled with it need no approval')
    .option('--for <registration>', 'only for this registered machine, once, and it needs no approval')
    .option('--uuid <uuid>', 'only for the machine with this SMBIOS UUID')
    .option('--serial <serial>', 'only for the machine with this serial number')
    .option('--mac <address>', 'only for the machine with this network address')
  withOutput(creating).action((options: CreateOptions) => create(session, options))
  withOutput(group.command('list').description('list tokens')).action((options: OutputOption) => list(session, options))
  group
    .command('revoke')
    .argument('<token...>')
    .description('end tokens at once; machines that they enrolled stay')
    .action(async (names: readonly string[]) => {
      for (const name of names) {
        const request = { name: resourceName('tokens', name), request_id: session.requestId() }
        await session.api().call(TokenService.RevokeToken, request)
      }
    })
}
