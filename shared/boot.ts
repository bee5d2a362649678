/** How a server that runs already is made a machine of the fleet; see docs/first-boot.md. */
export type Installation = {
  /** Where the boot endpoint is, without a path. */
  readonly url: string
  /** SHA-256 of /install.sh, in hexadecimal digits. */
  readonly sha256: string
  /** Fingerprint of the fleet's authority. */
  readonly fingerprint: string
  /** Where the join token is on that server; it is read from standard input when empty. */
  readonly tokenFile: string
}

/** Where the installer takes the token from, and where user-data puts it. */
export const TOKEN_PATH = '/etc/billet/token'

/** Stands for a join token where a text is served to everyone. */
export const TOKEN_MARK = 'PUT-THE-JOIN-TOKEN-HERE'

/** One line for a shell of root's: fetches the installer, and runs it only where it is the one that is meant. */
export function installCommand({ url, sha256, fingerprint, tokenFile }: Installation): string {
  const at = quoted(`${url}/install.sh`)
  const once = `curl -gfsSo "$d/install.sh" ${at} || wget -qO "$d/install.sh" ${at}`
  // Many servers may come at once, and a coordinator may just start.
  const fetch = `for n in 1 2 4 8 16 32; do { ${once}; } && break; sleep $n; done`
  const check = `echo "${sha256}  $d/install.sh" | sha256sum -c - >&2`
  const from = tokenFile === '' ? '' : ` --token-file ${quoted(tokenFile)}`
  const run = `sh "$d/install.sh" --ca-fingerprint ${fingerprint}${from}`
  return `(d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && { ${fetch}; } && ${check} && ${run})`
}

const quoted = (text: string): string =>
  /^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

/** User-data for cloud-init. With a join token in it, it is a secret. */
export function cloudInit(installation: Omit<Installation, 'tokenFile'>, token: string): string {
  const command = installCommand({ ...installation, tokenFile: TOKEN_PATH })
  // A text in JSON is one in YAML.
  return `#cloud-config
# Installs billet-agent and enrols this server. The installer removes the token once it is used.
write_files:
  - path: ${TOKEN_PATH}
    owner: root:root
    permissions: '0600'
    content: ${JSON.stringify(`${token}\n`)}
runcmd:
  - [sh, -c, ${JSON.stringify(command)}]
`
}
