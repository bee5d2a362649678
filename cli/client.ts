import type { Context } from '../shared/context_file.ts'
import { Connection, type Method } from '../shared/grpc/client.ts'
import { failureOf } from './errors.ts'

/** The public API, as commands use it: a refusal ends the command with its sentence. */
export interface Api {
  /** `detached`: goes on although the command line was interrupted. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options?: { readonly detached?: boolean },
  ): Promise<Response>
  stream<Request, Response>(method: Method<Request, Response>, request: Request): AsyncIterable<Response>
  close(): void
}

export function connect({ address, ca, certificate, key }: Context, signal: AbortSignal): Api {
  const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
  return {
    async call(method, request, { detached = false } = {}) {
      const answer = await connection.call(method, request, detached ? {} : { signal })
      if (answer.ok) return answer.value
      throw failureOf(answer.error)
    },
    async *stream(method, request) {
      for await (const item of connection.stream(method, request, { signal })) {
        if (!item.ok) throw failureOf(item.error)
        yield item.value
      }
    },
    close: () => connection.close(),
  }
}
