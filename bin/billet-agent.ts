import process from 'node:process'
import { main } from '../agent/command.ts'

/** The composition root of `billet-agent`. */
void main(process.argv.slice(2)).then((code) => {
  // What still runs at this point, such as a command's process, must not hold the agent back.
  process.exit(code)
})
