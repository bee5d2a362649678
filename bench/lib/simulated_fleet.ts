import { readFileSync } from 'node:fs'
import process from 'node:process'
import { SimulatedAgent } from './simulated_agent.ts'

/** Many simulated agents that do at once what is wanted: FIRST END AUTHORITY-FILE API ENROLMENT TOKEN-FILE */
const [first = '', end = '', authorityFile = '', api = '', enrolment = '', tokenFile = ''] = process.argv.slice(2)
const authority = readFileSync(authorityFile, 'utf8')
const fleet = { authority, api, enrolment, token: readFileSync(tokenFile, 'utf8').trim() }
const numbers = Array.from({ length: Number(end) - Number(first) }, (_, index) => Number(first) + index)
const agents: SimulatedAgent[] = []
const joining = async (): Promise<void> => {
  for (let number = numbers.shift(); number !== undefined; number = numbers.shift()) {
    const agent = await SimulatedAgent.join(fleet, number, true)
    // What is measured without it would be of another fleet.
    void agent.lost().then((why) => {
      process.stderr.write(`a simulated agent lost its session: ${why}\n`)
      process.exit(1)
    })
    agents.push(agent)
  }
}
setInterval(() => {
  for (const agent of agents) void agent.settled()
}, 15_000)
process.once('SIGTERM', () => process.exit(0))
await Promise.all(Array.from({ length: 8 }, joining))
