import type { ServerUnaryCall, ServerWritableStream, handleServerStreamingCall, handleUnaryCall } from '@grpc/grpc-js'
import type { PeerCertificate } from 'node:tls'
import { toStatus } from '../../shared/grpc/status.ts'
import { send } from '../../shared/grpc/stream.ts'
import type { Logger } from '../../shared/log.ts'
import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Identity, identityOf } from '../../shared/tls/identity.ts'
import type { Fleet } from '../ports.ts'
import { type Audience, audienceOf } from './authorise.ts'

/** What a handler knows of its call, beside the request. */
export type Call = {
  readonly identity: Identity
  /** Fires when the caller cancels, its deadline passes, or its connection ends. */
  readonly signal: AbortSignal
}

export type UnaryHandler<Request, Response> = (
  request: Request,
  call: Call,
) => Result<Response, BilletError> | Promise<Result<Response, BilletError>>

export type StreamHandler<Request, Response> = (
  request: Request,
  call: Call,
) => AsyncIterable<Result<Response, BilletError>>

type AnyCall = {
  getAuthContext(): { readonly sslPeerCertificate?: PeerCertificate }
  getPath(): string
  readonly cancelled: boolean
  on(event: 'cancelled', listener: () => void): unknown
  once(event: 'close', listener: () => void): unknown
}

/**
 * The door through which every call comes in: who calls, whether that caller may, and what a failure looks like
 * outside. A handler behind it never sees a caller without an identity.
 */
export class Door {
  readonly #cluster: string
  readonly #fleet: Pick<Fleet, 'read'>
  readonly #log: Logger

  constructor(cluster: string, fleet: Pick<Fleet, 'read'>, log: Logger) {
    this.#cluster = cluster
    this.#fleet = fleet
    this.#log = log
  }

  unary<Request, Response>(handler: UnaryHandler<Request, Response>): handleUnaryCall<Request, Response> {
    return (call: ServerUnaryCall<Request, Response>, answer) => {
      const { signal, done } = watchCall(call)
      const serve = async (): Promise<void> => {
        const result = await this.#guard(call, async (identity) => handler(call.request, { identity, signal }))
        done()
        if (result.ok) answer(null, result.value)
        else answer(toStatus(result.error))
      }
      void serve()
    }
  }

  stream<Request, Response>(handler: StreamHandler<Request, Response>): handleServerStreamingCall<Request, Response> {
    return (call: ServerWritableStream<Request, Response>) => {
      const { signal, done } = watchCall(call)
      const serve = async (): Promise<void> => {
        const result = await this.#guard(call, async (identity) =>
          pump(call, handler(call.request, { identity, signal }), signal),
        )
        done()
        if (result.ok) call.end()
        else call.emit('error', toStatus(result.error))
      }
      void serve()
    }
  }

  /** Who calls, if that caller may call this method. */
  admit(call: Pick<AnyCall, 'getAuthContext' | 'getPath'>): Result<Identity, BilletError> {
    const audience = audienceOf(call.getPath())
    const certificate = call.getAuthContext().sslPeerCertificate
    if (audience === undefined || certificate === undefined) return refuse(NO_IDENTITY)
    const identity = identityOf(certificate.subjectaltname ?? '', this.#cluster)
    if (!identity.ok)
      return refuse(billetError('unauthenticated', `The certificate is not accepted: ${identity.error}.`))
    if (!allowed(audience, identity.value)) {
      const sentence = `A ${identity.value.kind}'s certificate does not allow this call; use ${WANTED[audience]}.`
      return refuse(billetError('permission_denied', sentence))
    }
    return this.#current(identity.value)
  }

  /** A machine that was retired, or that enrolled anew, is no longer who its old certificate says. */
  #current(identity: Identity): Result<Identity, BilletError> {
    if (identity.kind !== 'machine') return ok(identity)
    const machine = this.#fleet.read((view) => view.table('machines').get(identity.machine)?.record)
    if (machine !== undefined && machine.state !== 'retired' && machine.generation === identity.generation) {
      return ok(identity)
    }
    const sentence = `The identity of machine ${identity.machine} was replaced or ended; enrol the machine again.`
    return refuse(billetError('permission_denied', sentence, { machine: identity.machine }))
  }

  async #guard<Value>(
    call: AnyCall,
    act: (identity: Identity) => Promise<Result<Value, BilletError>>,
  ): Promise<Result<Value, BilletError>> {
    const identity = this.admit(call)
    if (!identity.ok) return identity
    try {
      return await act(identity.value)
    } catch (error) {
      this.#log.error({ error, method: call.getPath() }, 'a call failed with a bug')
      return refuse(billetError('internal', 'The coordinator failed on this call; its log says more.'))
    }
  }
}

const NO_IDENTITY = billetError('unauthenticated', 'No verified certificate came with this call.')

const WANTED = {
  user: "a user's",
  machine: "a machine's",
  user_or_tenant: "a user's or a tenant's",
  anyone: 'any',
} as const satisfies Readonly<Record<Audience, string>>

function allowed(audience: Audience, { kind }: Identity): boolean {
  if (audience === 'user_or_tenant') return kind === 'user' || kind === 'tenant'
  return audience === 'anyone' || audience === kind
}

/** One for all: each of its own would take a picture of the stack. */
const OVER = new DOMException('This call is over', 'AbortError')

export function watchCall(call: Pick<AnyCall, 'on' | 'cancelled'>): { readonly signal: AbortSignal; done: () => void } {
  const controller = new AbortController()
  const cancel = (): void => controller.abort(OVER)
  if (call.cancelled) cancel()
  call.on('cancelled', cancel)
  // Work that a handler started for this call ends with it, whichever way it ends.
  return { signal: controller.signal, done: cancel }
}

async function pump<Response>(
  call: ServerWritableStream<unknown, Response>,
  items: AsyncIterable<Result<Response, BilletError>>,
  signal: AbortSignal,
): Promise<Result<undefined, BilletError>> {
  for await (const item of items) {
    if (!item.ok) return item
    if (!(await send(call, item.value, signal))) break
  }
  return ok()
}
