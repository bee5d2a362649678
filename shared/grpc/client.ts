import { X509Certificate } from 'node:crypto'
import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  InterceptingCall,
  type Interceptor,
  ListenerBuilder,
  Metadata,
  type ServiceError,
  type StatusObject,
  credentials,
  status,
} from '@grpc/grpc-js'
import { type BilletError, billetError } from '../model/errors.ts'
import { type Result, ok, refuse } from '../model/result.ts'
import { COORDINATOR_NAME } from '../tls/identity.ts'
import { clientLimits } from './limits.ts'
import { fromStatus, toStatus } from './status.ts'
import { messages } from './stream.ts'

/** What a client shows, and whom it believes; all in PEM. Without a certificate only enrolment is open. */
export type ClientTls = {
  readonly authorities: string
  readonly identity?: { readonly certificate: string; readonly key: string }
}

/** A method of a service, as proto-loader defines it. */
export type Method<Request, Response> = {
  readonly path: string
  readonly requestSerialize: (request: Request) => Buffer
  readonly responseDeserialize: (bytes: Buffer) => Response
}

export type CallOptions = { readonly deadlineMs?: number; readonly signal?: AbortSignal }

/** How long a call may take that says nothing else. */
const DEADLINE_MS = 30_000

/** One connection to one coordinator. Refusals are values; nothing here throws them. */
export class Connection {
  readonly #client: Client
  #isClosed = false

  constructor(address: string, { authorities, identity }: ClientTls) {
    const key = identity === undefined ? null : Buffer.from(identity.key)
    const certificate = identity === undefined ? null : Buffer.from(identity.certificate)
    this.#client = new Client(address, credentials.createSsl(Buffer.from(authorities), key, certificate), {
      ...clientLimits,
      'grpc.ssl_target_name_override': COORDINATOR_NAME,
      'grpc.default_authority': COORDINATOR_NAME,
      ...(identity === undefined ? {} : { interceptors: [tellsExpiry(identity.certificate)] }),
    })
  }

  call<Request, Response>(
    { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
    request: Request,
    { deadlineMs = DEADLINE_MS, signal }: CallOptions = {},
  ): Promise<Result<Response, BilletError>> {
    if (this.#isClosed) return Promise.resolve(CLOSED)
    return new Promise((resolve) => {
      const deadline = Date.now() + deadlineMs
      const answer = (failed: ServiceError | null, response?: Response): void => {
        signal?.removeEventListener('abort', abort)
        if (failed !== null) resolve(refuse(fromStatus(failed)))
        else if (response !== undefined) resolve(ok(response))
      }
      const call = this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        new Metadata(),
        { deadline },
        answer,
      )
      const abort = (): void => call.cancel()
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /** Answers of a streaming call, at the reader's pace; a failure is the last item. */
  stream<Request, Response>(
    { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
    request: Request,
    { deadlineMs, signal }: CallOptions = {},
  ): AsyncGenerator<Result<Response, BilletError>, void, undefined> {
    if (this.#isClosed) return only(CLOSED)
    const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs }
    const stream: ClientReadableStream<Response> = this.#client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      new Metadata(),
      options,
    )
    return messages<Response>(stream, cancelOn(stream, signal))
  }

  /** A stream both ways; it has no deadline of its own. */
  open<Request, Response>({
    path,
    requestSerialize,
    responseDeserialize,
  }: Method<Request, Response>): ClientDuplexStream<Request, Response> {
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata(), {})
  }

  close(): void {
    this.#isClosed = true
    this.#client.close()
  }
}

const CLOSED = refuse(billetError('unavailable', 'This connection was closed.'))

async function* only<Item>(item: Item): AsyncGenerator<Item, void, undefined> {
  yield item
}

/**
 * A server ends the connection of an expired certificate without a word. Its holder can tell why; but only afterwards,
 * since its clock may be the one that is wrong.
 */
function tellsExpiry(certificate: string): Interceptor {
  const until = new Date(new X509Certificate(certificate).validTo)
  const explained = (received: StatusObject): StatusObject =>
    received.code === status.UNAVAILABLE && Date.now() > until.getTime() ? toStatus(expired(until)) : received
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, _listener, next) => {
        next(metadata, new ListenerBuilder().withOnReceiveStatus((seen, pass) => pass(explained(seen))).build())
      },
    })
}

function expired(until: Date): BilletError {
  const valid_until = until.toISOString()
  const sentence =
    `The certificate that was shown to the coordinator expired at ${valid_until}. ` +
    'A machine enrols again, with a token; a user needs a new context file.'
  return billetError('unauthenticated', sentence, { valid_until })
}

function cancelOn(stream: { cancel(): void }, signal: AbortSignal | undefined): () => void {
  const cancel = (): void => stream.cancel()
  if (signal?.aborted === true) cancel()
  else signal?.addEventListener('abort', cancel, { once: true })
  return () => {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
}
