import type { Context } from '../shared/context_file.ts'
import { Connection, type Method } from '../shared/grpc/client.ts'
import { failureOf } from './errors.ts'

/** The public API, as commands use it: a refusal ends the command with its sentence. */
export interface Api {
  /** `detached`: goes on although the command line was interrupted; `deadlineMs`: how long it may take, at most. */
  call<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options?: { readonly detached?: boolean; readonly deadlineMs?: number },
  ): Promise<Response>
  /** `endAfterMs`: simply ends then, whatever was to come. */
  stream<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    options?: { readonly endAfterMs?: number },
  ): AsyncIterable<Response>
  close(): void
}

export function connect({ address, ca, certificate, key }: Context, signal: AbortSignal): Api {
  const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
  return {
    async call(method, request, { detached = false, deadlineMs } = {}) {
      const options = { ...(detached ? {} : { signal }), ...(deadlineMs === undefined ? {} : { deadlineMs }) }
      const answer = await connection.call(method, request, options)
      if (answer.ok) return answer.value
      throw failureOf(answer.error)
    },
    async *stream(method, request, { endAfterMs } = {}) {
      const options = endAfterMs === undefined ? { signal } : { signal, deadlineMs: endAfterMs }
      for await (const item of connection.stream(method, request, options)) {
        if (item.ok) yield item.value
        else if (endAfterMs !== undefined && item.error.kind === 'deadline_exceeded') return
        else throw failureOf(item.error)
      }
    },
    close: () => connection.close(),
  }
}
