import process from 'node:process'
import { main } from '../cli/main.ts'
import { registerCoordinator } from '../coordinator/command.ts'
import { registerDev } from './dev.ts'

/** The composition root of `billet`: the command line, and the words that need other parts of the program. */
let code: number | undefined
const exit = (given: number): void => {
  code = given
}
void main(process.argv.slice(2), process.env, (program) => {
  registerCoordinator(program, exit)
  registerDev(program, exit)
}).then((given) => {
  process.exitCode = code ?? given
})
