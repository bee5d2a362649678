import { type Installation, TOKEN_MARK, cloudInit } from '../../shared/boot.ts'
import type { Result } from '../../shared/model/result.ts'
import { type Artefacts, architectures } from './artefacts.ts'
import { type Content, TextContent } from './content.ts'
import { agentUnit, installScript } from './deployed.ts'

/** What all servers of this fleet are told. */
export type BootSite = {
  /** Where the boot endpoint is reached, without a path. */
  readonly url: string
  /** Where machines enrol, as host:port. */
  readonly enrolment: string
  /** Certificate of the fleet's authority, in PEM. */
  readonly authority: string
  readonly fingerprint: string
}

/** Everything that is served, by its path: nothing else is, and no path reaches the file system. */
export type BootTable = ReadonlyMap<string, Content>

const NONE = '-'

/** What is served of agents that are there, and of the site in any case. */
export function tableOf(site: BootSite, artefacts: Result<Artefacts, string>): BootTable {
  const table = new Map<string, Content>([['/ca.pem', text(site.authority, 'application/x-pem-file')]])
  if (!artefacts.ok) return table
  const { signed, key, binaries } = artefacts.value
  table.set('/agent/manifest.json', text(signed, 'application/json'))
  table.set('/agent/billet-agent.service', text(agentUnit))
  if (key !== null) table.set('/agent/upgrade.pub', text(key, 'application/x-pem-file'))
  for (const [architecture, content] of binaries) table.set(`/agent/${architecture}/billet-agent`, content)
  const script = text(scriptOf(site, artefacts.value, table), 'text/x-shellscript')
  table.set('/install.sh', script)
  const installation: Omit<Installation, 'tokenFile'> = { ...site, sha256: script.sha256 }
  table.set('/cloud-init.yaml', text(cloudInit(installation, TOKEN_MARK), 'text/yaml'))
  return table
}

const text = (content: string, type = 'text/plain'): TextContent => new TextContent(content, `${type}; charset=utf-8`)

function scriptOf(site: BootSite, { manifest }: Artefacts, table: BootTable): string {
  const digest = (path: string): string => table.get(path)?.sha256 ?? NONE
  const values: Readonly<Record<string, string>> = {
    URL: site.url,
    ENROL: site.enrolment,
    FINGERPRINT: site.fingerprint,
    AGENT: manifest.agent,
    SIGNED: `${manifest.created}`,
    SHA256_UNIT: digest('/agent/billet-agent.service'),
    SHA256_KEY: digest('/agent/upgrade.pub'),
    ...Object.fromEntries(
      architectures.map((name) => [`SHA256_${name.toUpperCase()}`, digest(`/agent/${name}/billet-agent`)]),
    ),
  }
  return installScript.replaceAll(/'@([A-Z0-9_]+)@'/g, (_, name: string) => quoted(values[name] ?? NONE))
}

/** Within single quotes a shell takes every character but the quote for itself. */
const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`
