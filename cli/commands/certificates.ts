import type { Command } from 'commander'
import * as v from 'valibot'
import {
  type ReleaseCertificate,
  type Statement,
  brokenChain,
  verifyRelease,
} from '../../shared/release_certificate.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { bytes, plain, table } from '../render.ts'
import { type OutputOption, type Session, parseCount, readInput, withOutput } from './shared.ts'

const { MachineService } = services

type CertificateOptions = OutputOption & {
  readonly all?: boolean
  readonly epoch?: number
  readonly verify?: string
  readonly ca?: string
}

type Device = Statement['devices'][number]
type Verified = { readonly certificate: ReleaseCertificate; readonly statement: Statement }

/** As in the coordinator's archive: one document a line. */
const LINE = v.object({ statement: v.string(), signature: v.pipe(v.string(), v.base64()), certificate: v.string() })

export function registerCertificates(
  machines: Command,
  session: Session,
  find: (session: Session, text: string) => Promise<string>,
): void {
  const command = machines
    .command('certificate')
    .argument('[machine]')
    .description('show and verify the proof that a machine was made clean after its tenants')
    .option('-a, --all', 'every release that the coordinator keeps, and that each names the one before it')
    .option('--epoch <epoch>', 'the release under this epoch', parseCount('--epoch', 1, Number.MAX_SAFE_INTEGER))
    .option('--verify <file>', "certificates in a file, as `-o json` and the coordinator's archive have them")
    .option('--ca <file>', "the fleet's authority, in place of that of the context")
  withOutput(command).action(async (machine: string | undefined, options: CertificateOptions) => {
    if ((machine === undefined) === (options.verify === undefined)) {
      throw usage('Expected a machine, or --verify and a file.')
    }
    const authority = options.ca === undefined ? session.authority() : readInput(options.ca).content.toString()
    const read = machine === undefined ? fromFile(options.verify ?? '') : await ofMachine(session, machine, find)
    const verified = chosen(verifyAll(read, authority), options)
    if (verified.length === 0) throw new CommandFailure('There is no such certificate.', exitCodes.refused)
    print(session, verified, options)
  })
}

async function ofMachine(
  session: Session,
  machine: string,
  find: (session: Session, text: string) => Promise<string>,
): Promise<readonly ReleaseCertificate[]> {
  const parent = await find(session, machine)
  const { certificates } = await session.api().call(MachineService.ListCertificates, { parent })
  return certificates.toReversed()
}

function fromFile(path: string): readonly ReleaseCertificate[] {
  const lines = readInput(path).content.toString().split('\n').filter(Boolean)
  return lines.map((line, index) => {
    const parsed = v.safeParse(LINE, parseJson(line))
    if (!parsed.success) throw failed(`${path}, line ${index + 1}: ${parsed.issues[0].message}`)
    return { ...parsed.output, signature: Buffer.from(parsed.output.signature, 'base64') }
  })
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const failed = (why: string): CommandFailure => new CommandFailure(`Not proved: ${why}.`, exitCodes.refused)

/** Every one, and the chain of each machine; one that was archived twice, around a crash, counts once. */
function verifyAll(certificates: readonly ReleaseCertificate[], authority: string): readonly Verified[] {
  const verified = certificates.map((certificate, index) => {
    const statement = verifyRelease(certificate, authority)
    if (!statement.ok) throw failed(`certificate ${index + 1}: ${statement.error}`)
    return { certificate, statement: statement.value }
  })
  for (const [machine, of] of Map.groupBy(verified, ({ statement }) => statement.machine)) {
    const once = new Map(of.map((one) => [one.certificate.statement, one])).values()
    const chain = [...once].map(({ certificate, statement }) => ({ text: certificate.statement, statement }))
    const broken = brokenChain(chain)
    if (broken !== null) throw failed(`the chain of ${machine} is broken: ${broken}`)
  }
  return verified
}

function chosen(verified: readonly Verified[], { all, epoch, verify }: CertificateOptions): readonly Verified[] {
  if (epoch !== undefined) return verified.filter(({ statement }) => statement.epoch === epoch)
  return all === true || verify !== undefined ? verified : verified.slice(-1)
}

function print(session: Session, verified: readonly Verified[], options: OutputOption): void {
  if (options.output === 'json') {
    for (const { certificate } of verified) {
      const { statement, signature, certificate: signer } = certificate
      const document = { statement, signature: Buffer.from(signature).toString('base64'), certificate: signer }
      session.stdout(`${JSON.stringify(document)}\n`)
    }
    return
  }
  if (verified.length > 1) return session.stdout(table(HEADER, verified.map(row)))
  for (const { statement } of verified) session.stdout(describe(statement))
}

const HEADER = ['NUMBER', 'MACHINE', 'HOST', 'SERIAL', 'TENANT', 'WORKLOAD', 'EPOCH', 'PROVED', 'STEPS', 'VERIFIED']

function row({ statement }: Verified): readonly string[] {
  const { sequence, machine, hostname, hardware, tenant, workload, epoch, prove_time: at, steps } = statement
  const serial = hardware.serial || '-'
  return [
    `${sequence}`,
    machine,
    plain(hostname),
    plain(serial),
    tenant,
    workload,
    `${epoch}`,
    at,
    `${steps.length}`,
    'yes',
  ]
}

function deviceLine({ device, serial, size_bytes: size, method, category, sample_count: count }: Device): string {
  const what = `${plain(device)}, serial ${plain(serial || '-')}, ${bytes(size)}`
  return `Erased:    ${what}: ${plain(method)}, NIST SP 800-88 ${category}, ${count} places read back`
}

function describe(statement: Statement): string {
  const { hardware } = statement
  const lines = [
    `Machine:   ${statement.machine} (${plain(statement.hostname)}), serial ${plain(hardware.serial || '-')}`,
    `Tenant:    ${statement.tenant}, workload ${statement.workload}, epoch ${statement.epoch}`,
    `Proved:    ${statement.prove_time}, release ${statement.sequence} of this machine`,
    `Follows:   ${statement.previous === '' ? 'none' : statement.previous}`,
    'Verified:  signed by the certifier of this fleet',
    ...statement.devices.map(deviceLine),
    ...statement.fenced.map(
      ({ device, reason }) =>
        `Fenced:    ${plain(device)}, kept from tenants since it could not be erased: ${plain(reason)}`,
    ),
    ...statement.steps.map(({ id, passed, detail }) => `  ${passed ? 'ok' : 'FAILED'}  ${plain(id)}: ${plain(detail)}`),
  ]
  return `${lines.join('\n')}\n`
}
