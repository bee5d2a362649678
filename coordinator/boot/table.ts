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

const MANIFEST = '/agent/manifest.json'
const UNIT = '/agent/billet-agent.service'
const KEY = '/agent/upgrade.pub'
const SCRIPT = '/install.sh'
const CLOUD_INIT = '/cloud-init.yaml'
const binaryOf = (architecture: string): string => `/agent/${architecture}/billet-agent`

/** What an installation cannot do without: where it is missing, it may come. */
const OF_AGENTS: ReadonlySet<string> = new Set([MANIFEST, UNIT, SCRIPT, CLOUD_INIT, ...architectures.map(binaryOf)])

export const isOfAgents = (path: string): boolean => OF_AGENTS.has(path)

const NONE = '-'

/** What is served of agents that are there, and of the site in any case. */
export function tableOf(site: BootSite, artefacts: Result<Artefacts, string>): BootTable {
  const table = new Map<string, Content>([['/ca.pem', text(site.authority, 'application/x-pem-file')]])
  if (!artefacts.ok) return table
  const { signed, key, binaries } = artefacts.value
  table.set(MANIFEST, text(signed, 'application/json'))
  table.set(UNIT, text(agentUnit))
  if (key !== null) table.set(KEY, text(key, 'application/x-pem-file'))
  for (const [architecture, content] of binaries) table.set(binaryOf(architecture), content)
  const script = text(scriptOf(site, artefacts.value, table), 'text/x-shellscript')
  table.set(SCRIPT, script)
  const installation: Omit<Installation, 'tokenFile'> = { ...site, sha256: script.sha256 }
  table.set(CLOUD_INIT, text(cloudInit(installation, TOKEN_MARK), 'text/yaml'))
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
    SHA256_UNIT: digest(UNIT),
    SHA256_KEY: digest(KEY),
    ...Object.fromEntries(architectures.map((name) => [`SHA256_${name.toUpperCase()}`, digest(binaryOf(name))])),
  }
  return installScript.replaceAll(/'@([A-Z0-9_]+)@'/g, (_, name: string) => quoted(values[name] ?? NONE))
}

/** Within single quotes a shell takes every character but the quote for itself. */
const quoted = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`
