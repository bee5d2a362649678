import type { Command } from 'commander'
import { NextBoot } from '../../shared/wire/gen/types/billet/v1/NextBoot.ts'
import { PowerAction } from '../../shared/wire/gen/types/billet/v1/PowerAction.ts'
import { PowerState } from '../../shared/wire/gen/types/billet/v1/PowerState.ts'
import type { PowerStatus__Output } from '../../shared/wire/gen/types/billet/v1/PowerStatus.ts'
import { services } from '../../shared/wire/load.ts'
import { usage } from '../errors.ts'
import { plain } from '../render.ts'
import type { FindMachine } from './bmc.ts'
import {
  type Duration,
  type OutputOption,
  type Session,
  each,
  millisecondsOf,
  parseDuration,
  printAll,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { PowerService } = services

/** Machines whose BMCs are asked at once by one command line. */
const AT_ONCE = 32
/** The coordinator ends a call by itself; only one that does not is given up. */
const GRACE_MS = 30_000
const CHANGE_MS = 300_000
const STATUS_MS = 30_000

type ChangeOptions = OutputOption & {
  readonly reason: string
  readonly nextBoot?: NextBoot
  readonly force?: boolean
  readonly timeout?: Duration
}

type Shown = PowerStatus__Output & { readonly name: string; readonly already?: boolean }
type Ask = (name: string) => Promise<Shown | undefined>

async function ofEach(
  session: Session,
  find: FindMachine,
  texts: readonly string[],
  options: OutputOption,
  ask: Ask,
): Promise<void> {
  const names: string[] = []
  for (const text of texts) names.push(await find(session, text))
  const shown = await each(session, names, { atOnce: AT_ONCE, called: (name, index) => texts[index] ?? name }, ask)
  if (shown.length > 0) printAll(session, shown, options, HEADER, row)
}

const HEADER = ['MACHINE', 'POWER', 'NEXT BOOT', 'HEALTH', 'VENDOR', 'MODEL', 'SERIAL'] as const

function row({ name, state, next_boot: boot, health, vendor, model, serial, already }: Shown): readonly string[] {
  return [
    shortName(name),
    (state === 0 ? 'unknown' : word(PowerState, 'POWER_STATE_', state).replace('_', '-')) +
      (already ? ' (already)' : ''),
    boot === 0 ? 'other' : word(NextBoot, 'NEXT_BOOT_', boot).replace('_', '-'),
    plain(health) || '-',
    plain(vendor),
    plain(model) || '-',
    plain(serial) || '-',
  ]
}

const BOOTS: Readonly<Record<string, NextBoot>> = {
  network: NextBoot.NEXT_BOOT_NETWORK,
  'network-always': NextBoot.NEXT_BOOT_NETWORK_ALWAYS,
  none: NextBoot.NEXT_BOOT_NONE,
}

function parseBoot(text: string): NextBoot {
  const boot = Object.hasOwn(BOOTS, text) ? BOOTS[text] : undefined
  if (boot !== undefined) return boot
  throw usage(`--next-boot: expected one of ${Object.keys(BOOTS).join(', ')}, got ${JSON.stringify(text)}.`)
}

function change(session: Session, action: PowerAction, options: ChangeOptions): Ask {
  const { reason, nextBoot = NextBoot.NEXT_BOOT_UNSPECIFIED, force = false, timeout } = options
  const deadlineMs = (millisecondsOf(timeout) ?? CHANGE_MS) + GRACE_MS
  return async (name) => {
    const request = {
      name,
      request_id: session.requestId(),
      action,
      next_boot: nextBoot,
      reason,
      force,
      timeout: timeout ?? null,
    }
    const { status, already } = await session.api().call(PowerService.ChangePower, request, { deadlineMs })
    return status === null ? undefined : { ...status, name, already }
  }
}

const VERBS = {
  on: { action: PowerAction.POWER_ACTION_ON, does: 'switch machines on' },
  off: { action: PowerAction.POWER_ACTION_OFF, does: 'switch machines off at once, whatever runs there' },
  graceful: {
    action: PowerAction.POWER_ACTION_GRACEFUL,
    does: 'ask the systems of machines to shut down; they are never switched off instead',
  },
  cycle: { action: PowerAction.POWER_ACTION_CYCLE, does: 'switch machines off at once, then on' },
  boot: { action: PowerAction.POWER_ACTION_UNSPECIFIED, does: 'change only from what machines start next' },
} as const

const BOOT = 'from what they start: network (once), network-always, or none (takes both back)'

/** `billet machines power`: by their BMCs, each answered once its BMC says that it is so. */
export function registerPower(machines: Command, session: Session, find: FindMachine): void {
  const group = machines.command('power').description("machines' power, and from what they start, by their BMCs")
  const state = group.command('state').argument('<machine...>').description('what their BMCs say now')
  withOutput(state.option('--timeout <length>', 'how long each may take; 30s', parseDuration('--timeout'))).action(
    (texts: readonly string[], options: OutputOption & { readonly timeout?: Duration }) =>
      ofEach(session, find, texts, options, async (name) => {
        const { timeout } = options
        const deadlineMs = (millisecondsOf(timeout) ?? STATUS_MS) + GRACE_MS
        const request = { name, timeout: timeout ?? null }
        const { status } = await session.api().call(PowerService.GetPower, request, { deadlineMs })
        return status === null ? undefined : { ...status, name }
      }),
  )
  for (const [name, { action, does }] of Object.entries(VERBS)) {
    const command = group.command(name).argument('<machine...>').description(does)
    if (name === 'boot') command.requiredOption('--next-boot <source>', BOOT, parseBoot)
    else command.option('--next-boot <source>', `${BOOT}; set before`, parseBoot)
    command
      .requiredOption('--reason <text>', 'one sentence')
      .option('--force', 'also where a tenant holds them: what runs there may be lost')
      .option('--timeout <length>', 'how long each may take; 5m', parseDuration('--timeout'))
    withOutput(command).action((texts: readonly string[], options: ChangeOptions) =>
      ofEach(session, find, texts, options, change(session, action, options)),
    )
  }
}
