import type { ExecutionContext } from 'ava'
import { Connection } from '../../../shared/grpc/client.ts'
import { Fleet } from '../../cli/fixture.ts'

/** A user's connection to a coordinator in this process. */
export async function open(t: ExecutionContext): Promise<Connection> {
  const fleet = await Fleet.open(t)
  const { address, ca, certificate, key } = fleet.context()
  const admin = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => admin.close())
  return admin
}
