import { chmodSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { LocalFleet, until } from './fleet.ts'

/** Leaves a coordinator and one agent running, and says how to use and how to end them. */
const directory = join(dirname(dirname(fileURLToPath(import.meta.url))), '.demo', 'up')
mkdirSync(directory, { recursive: true })
chmodSync(directory, 0o755)
const fleet = new LocalFleet(directory)
await fleet.startCoordinator()
const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve')
fleet.startAgent('one', 1, stdout.trim())
await until('the machine is available', async () => {
  return (await fleet.json('machines', 'list', '--state', 'available')).length > 0
})
const processes = `${fleet.pid('coordinator')} ${fleet.pid('one')}`
fleet.leave()
process.stdout.write(`A coordinator and one agent are running (${processes}). Use them:

  export BILLET_CONFIG=${fleet.contextFile}
  dist/billet machines list
  dist/billet run --tenant me -- /bin/echo hello
  dist/billet exec --all -- uname -a
  dist/billet top
  dist/billet --help

End them: kill ${processes}
`)
process.exit(0)
