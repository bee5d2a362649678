import { readFileSync } from 'node:fs'
import process from 'node:process'
import { type Installation, cloudInit, installCommand } from '../../shared/boot.ts'
import { writePrivateFile } from '../../shared/files.ts'
import type { GetBootResponse__Output } from '../../shared/wire/gen/types/billet/v1/GetBootResponse.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { plain, table } from '../render.ts'
import { type Register, type Session, readInput } from './shared.ts'

const { FleetService } = services

/** What is said here comes over the API, so it can be believed; what goes into a shell is looked at all the same. */
async function installation(session: Session): Promise<Omit<Installation, 'tokenFile'>> {
  const { url, ca_fingerprint: fingerprint, files } = await session.api().call(FleetService.GetBoot, {})
  const sha256 = files.find(({ path }) => path === '/install.sh')?.sha256 ?? ''
  const wellFormed =
    /^https?:\/\/[\w.:[\]-]+$/.test(url) && /^[0-9a-f]{64}$/.test(sha256) && /^sha256:[0-9a-f]{64}$/.test(fingerprint)
  if (wellFormed) return { url, sha256, fingerprint }
  throw new CommandFailure('The coordinator said nothing that can be run.', exitCodes.refused)
}

type InstallOptions = { readonly tokenFile?: string }

async function install(session: Session, { tokenFile = '' }: InstallOptions): Promise<void> {
  session.stdout(`${installCommand({ ...(await installation(session)), tokenFile })}\n`)
  if (tokenFile === '') session.stderr('billet: run it as root on the server; it asks for the join token\n')
  else session.stderr(`billet: run it as root on the server, with the join token in ${plain(tokenFile)} there\n`)
}

type CloudInitOptions = { readonly tokenFile?: string; readonly out?: string }

async function userData(session: Session, { tokenFile, out }: CloudInitOptions): Promise<void> {
  const token = readToken(tokenFile)
  const text = cloudInit(await installation(session), token)
  if (out !== undefined) writePrivateFile(out, text)
  else session.stdout(text)
  session.stderr('billet: it holds the join token: keep it from others until the token is spent\n')
}

function readToken(path: string | undefined): string {
  if (path === undefined && process.stdin.isTTY) {
    throw usage('The join token is read from --token-file, or from standard input: billet tokens create | ...')
  }
  const token = (path === undefined ? readFileSync(0) : readInput(path).content).toString().trim()
  // What it was given is not told: it may be a secret all the same.
  if (!/^[\w-]{16,200}$/.test(token)) throw usage('That is no join token: billet tokens create prints one.')
  return token
}

function print(session: Session, answer: GetBootResponse__Output, asJson: boolean): void {
  if (asJson) return session.stdout(`${JSON.stringify(answer)}\n`)
  const { url, ca_fingerprint, agent_version, files } = answer
  session.stdout(
    `URL:        ${plain(url)}\nAuthority:  ${plain(ca_fingerprint)}\nAgent:      ${plain(agent_version)}\n\n`,
  )
  const rows = files.map(({ path, sha256, bytes }) => [plain(path), `${bytes}`, plain(sha256)])
  session.stdout(table(['PATH', 'BYTES', 'SHA-256'], rows))
}

export const registerBoot: Register = (program, session) => {
  const group = program.command('boot').description('how servers get the agent and enrol')
  group
    .command('install')
    .description('print the line that installs the agent on a server, to be run there as root')
    .option('--token-file <path>', 'where the join token is on that server; the line asks for it otherwise')
    .action((options: InstallOptions) => install(session, options))
  group
    .command('cloud-init')
    .description('print user-data for cloud-init that installs the agent; it holds the join token')
    .option('--token-file <file>', 'file with the join token; standard input otherwise')
    .option('--out <file>', 'write it there, for its owner alone to read, instead of to standard output')
    .action((options: CloudInitOptions) => userData(session, options))
  group
    .command('files')
    .description('what servers can fetch, with its digests')
    .option('-o, --output <form>', 'table or json', (form) => {
      if (form === 'table' || form === 'json') return form
      throw usage(`--output: expected table or json, got ${JSON.stringify(form)}.`)
    })
    .action(async ({ output }: { readonly output?: string }) => {
      print(session, await session.api().call(FleetService.GetBoot, {}), output === 'json')
    })
}
