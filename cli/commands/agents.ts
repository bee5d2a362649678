import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import type { Rollout__Output } from '../../shared/wire/gen/types/billet/v1/Rollout.ts'
import { RolloutState } from '../../shared/wire/gen/types/billet/v1/RolloutState.ts'
import { services } from '../../shared/wire/load.ts'
import { manifestKeys, readSignedManifest, signManifest } from '../../shared/upgrade_manifest.ts'
import { writePrivateFile } from '../../shared/files.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { age, plain } from '../render.ts'
import { findMachine } from './machines.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  collect,
  collectPairs,
  millisecondsOf,
  parseCount,
  printAll,
  readInput,
  resourceName,
  shortName,
  withOutput,
  word,
} from './shared.ts'

const { RolloutService } = services

function keygen(session: Session, path: string): void {
  const { secret, trusted } = manifestKeys()
  try {
    statSync(path)
  } catch {
    writePrivateFile(path, secret)
    writeFileSync(`${path}.pub`, trusted, { mode: 0o644 })
    return session.stdout(`${path}: keep it secret\n${path}.pub: the agents' upgrade_key\n`)
  }
  throw usage(`${path} is there already; it is not overwritten.`)
}

type SignOptions = { readonly key: string; readonly binary?: Readonly<Record<string, string>>; readonly out: string }

/** Asks the binary of this machine's architecture for its version, and believes it of the others. */
function signBinaries(session: Session, { key, binary = {}, out }: SignOptions): void {
  const binaries = Object.entries(binary).map(([name, path]) => {
    if (name !== 'x64' && name !== 'arm64') throw usage(`--binary: expected x64=path or arm64=path, got ${name}.`)
    const { content } = readInput(path)
    const architecture: 'x64' | 'arm64' = name
    return { architecture, sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length }
  })
  const own = binary[process.arch]
  if (own === undefined) throw usage(`--binary: expected one for ${process.arch}, whose version can be asked for.`)
  const agent = versionOf(own)
  const signed = signManifest(
    { version: 1, created: session.now(), agent, binaries },
    readInput(key).content.toString(),
  )
  writeFileSync(out, `${JSON.stringify(signed)}\n`)
  session.stdout(`${out}: agent ${agent} for ${binaries.map(({ architecture }) => architecture).join(', ')}\n`)
}

function versionOf(binary: string): string {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8', timeout: 60_000 }).trim()
  } catch (error) {
    throw usage(`${binary} does not say its version: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

type UpgradeOptions = OutputOption & {
  readonly manifest: string
  readonly url: string
  readonly machine?: readonly string[]
  readonly atOnce?: number
  readonly pauseAfter?: number
}

async function upgrade(session: Session, options: UpgradeOptions): Promise<void> {
  const signed = readSignedManifest(readInput(options.manifest).content.toString())
  if (!signed.ok) throw usage(`${options.manifest}: ${signed.error}.`)
  const machines: string[] = []
  for (const text of options.machine ?? []) machines.push(await findMachine(session, text))
  const request = {
    ...signed.value,
    url: options.url,
    machines,
    at_once: options.atOnce ?? 0,
    pause_after: options.pauseAfter ?? 0,
    request_id: session.requestId(),
  }
  const { rollout } = await session.api().call(RolloutService.CreateRollout, request)
  print(session, rollout === null || rollout === undefined ? [] : [rollout], options)
}

const HEADER = ['ROLLOUT', 'AGENT', 'STATE', 'WAITING', 'ORDERED', 'DONE', 'FAILED', 'AGE', 'WHY']

function print(session: Session, rollouts: readonly Rollout__Output[], options: OutputOption): void {
  printAll(session, rollouts, options, HEADER, (rollout, now) => [
    shortName(rollout.name),
    plain(rollout.agent_version),
    word(RolloutState, 'ROLLOUT_STATE_', rollout.state),
    `${rollout.waiting_count}`,
    `${rollout.ordered_count}`,
    `${rollout.done_count}`,
    `${rollout.failures.length}`,
    age(now - (millisecondsOf(rollout.create_time) ?? now)),
    plain([rollout.state_reason, ...rollout.failures.map(({ reason }) => reason)].filter(Boolean).join('; ')),
  ])
}

type Change = 'PauseRollout' | 'ResumeRollout' | 'CancelRollout'

async function change(session: Session, method: Change, name: string, options: OutputOption): Promise<void> {
  const request = { name: resourceName('rollouts', name), request_id: session.requestId() }
  const { rollout } = await session.api().call(RolloutService[method], request)
  if (rollout === null || rollout === undefined) throw new CommandFailure('No rollout came back.', exitCodes.refused)
  print(session, [rollout], options)
}

export const registerAgents: Register = (program, session) => {
  const group = program.command('agents').description('upgrades of the agents themselves')
  group
    .command('keygen')
    .argument('<file>')
    .description('make a key that signs agents; its public half goes to the machines')
    .action((file: string) => keygen(session, file))
  group
    .command('sign')
    .description('sign which agents may be taken')
    .requiredOption('--key <file>', 'the secret key')
    .option('--binary <architecture=file>', 'the agent for x64 or arm64 (repeatable)', collectPairs('--binary'))
    .requiredOption('--out <file>', 'where the signed manifest goes')
    .action((options: SignOptions) => signBinaries(session, options))
  const upgrading = group
    .command('upgrade')
    .description('replace agents, some machines at a time; tasks go on')
    .requiredOption('--manifest <file>', 'the signed manifest')
    .requiredOption('--url <url>', 'where machines fetch the binary: http or https')
    .option('--machine <machine>', 'only these machines (repeatable)', collect)
    .option('--at-once <count>', 'so many at a time; 1 without it', parseCount('--at-once', 1, 100_000))
    .option(
      '--pause-after <count>',
      'pause after so many failures; 1 without it',
      parseCount('--pause-after', 1, 100_000),
    )
  withOutput(upgrading).action((options: UpgradeOptions) => upgrade(session, options))
  withOutput(group.command('rollouts').description('list rollouts, newest first')).action(
    async (options: OutputOption) => {
      const { rollouts } = await session.api().call(RolloutService.ListRollouts, {})
      print(session, rollouts, options)
    },
  )
  const verbs = [
    ['pause', 'PauseRollout', 'tell no further machine'],
    ['resume', 'ResumeRollout', 'go on; what failed is tried again'],
    ['cancel', 'CancelRollout', 'end a rollout; machines keep what they have'],
  ] as const
  for (const [name, method, does] of verbs) {
    withOutput(group.command(name).argument('<rollout>').description(does)).action(
      (rollout: string, options: OutputOption) => change(session, method, rollout, options),
    )
  }
}
