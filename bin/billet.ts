import process from 'node:process'
import { main } from '../cli/main.ts'
import { registerCoordinator } from '../coordinator/command.ts'

/** The composition root of `billet`: the command line, and the words that need the coordinator. */
let failed: number | undefined
void main(process.argv.slice(2), process.env, (program) => {
  registerCoordinator(program, (code) => {
    failed = code
  })
}).then((code) => {
  process.exitCode = failed ?? code
})
