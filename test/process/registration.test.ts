import process from 'node:process'
import test from 'ava'
import { fleetOf, tokenOf, untilState } from './fixture.ts'

test.serial(
  'a registered machine comes by its own token, under its name; another one with that token does not',
  async (t) => {
    const fleet = await fleetOf(t)
    const register = ['machines', 'register', 'rack7-01', '--serial', `DEMO-one-${process.pid}`, '--label', 'rack=7']
    t.is((await fleet.billet(...register)).code, 0)
    const token = await tokenOf(fleet, '--for', 'rack7-01')
    fleet.startAgent('two', 2, token)
    const other = await fleet.ended('two')
    t.is(other.code, 1)
    t.regex(other.log, /is for another machine than this one/)
    t.false(other.log.includes(`DEMO-one-${process.pid}`), 'nor is it told which')
    t.regex((await fleet.billet('events')).stdout, /ENROLMENT_REFUSED/)
    fleet.startAgent('one', 1, token)
    await untilState(fleet, 'available')
    const [machine] = await fleet.json('machines', 'list', '-l', 'rack=7')
    t.like(machine, { hostname: 'rack7-01', registration: 'registrations/rack7-01' })
    fleet.startAgent('three', 3, token)
    t.regex((await fleet.ended('three')).log, /has no use left/)
  },
)
