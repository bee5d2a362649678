import type { ServerDuplexStream } from '@grpc/grpc-js'
import { status } from '@grpc/grpc-js'
import { toStatus } from '../../shared/grpc/status.ts'
import { messages, send } from '../../shared/grpc/stream.ts'
import { descriptorSet } from '../../shared/wire/gen/descriptors.ts'
import type { ServerReflectionHandlers } from '../../shared/wire/gen/types/grpc/reflection/v1/ServerReflection.ts'
import type * as wire from '../../shared/wire/gen/types/grpc/reflection/v1/ServerReflectionRequest.ts'
import type * as answers from '../../shared/wire/gen/types/grpc/reflection/v1/ServerReflectionResponse.ts'
import { type Door, watchCall } from './door.ts'
import { type DescribedFile, describeFiles } from './descriptor_files.ts'

type Stream = ServerDuplexStream<wire.ServerReflectionRequest__Output, answers.ServerReflectionResponse>

/**
 * grpc.reflection.v1, from the contract that is embedded in the program: clients such as grpcurl learn the API from
 * the server itself.
 */
export function reflectionService(door: Door): ServerReflectionHandlers {
  const files = describeFiles(Buffer.from(descriptorSet, 'base64'))
  return {
    ServerReflectionInfo: (stream: Stream) => {
      void serve(door, files, stream)
    },
  }
}

async function serve(door: Door, files: readonly DescribedFile[], stream: Stream): Promise<void> {
  const identity = door.admit(stream)
  if (!identity.ok) {
    stream.emit('error', toStatus(identity.error))
    return
  }
  const { signal, done } = watchCall(stream)
  for await (const request of messages<wire.ServerReflectionRequest__Output>(stream, done)) {
    if (!request.ok || !(await send(stream, answer(files, request.value), signal))) return
  }
  stream.end()
}

function answer(
  files: readonly DescribedFile[],
  request: wire.ServerReflectionRequest__Output,
): answers.ServerReflectionResponse {
  const common = { valid_host: request.host, original_request: request }
  switch (request.message_request) {
    case 'list_services': {
      const service = files.flatMap((file) => file.services).map((name) => ({ name }))
      return { ...common, list_services_response: { service } }
    }
    case 'file_by_filename':
      return { ...common, ...fileAnswer(files, (file) => file.name === request.file_by_filename) }
    case 'file_containing_symbol': {
      const symbol = request.file_containing_symbol ?? ''
      return { ...common, ...fileAnswer(files, (file) => file.symbols.some((known) => holds(known, symbol))) }
    }
    case 'file_containing_extension':
    case 'all_extension_numbers_of_type':
    case undefined:
    default:
      return {
        ...common,
        error_response: { error_code: status.UNIMPLEMENTED, error_message: 'There are no extensions.' },
      }
  }
}

/** A message holds its fields and nested types, a service its methods. */
function holds(known: string, symbol: string): boolean {
  return symbol === known || symbol.startsWith(`${known}.`)
}

/** The file, and all that it imports, so that the caller need not ask again. */
function fileAnswer(files: readonly DescribedFile[], matches: (file: DescribedFile) => boolean) {
  const found = files.find(matches)
  if (found === undefined) {
    return { error_response: { error_code: status.NOT_FOUND, error_message: 'The contract has no such name.' } }
  }
  const needed = new Set([found])
  for (const file of needed) {
    for (const other of files) if (file.imports.includes(other.name)) needed.add(other)
  }
  return { file_descriptor_response: { file_descriptor_proto: [...needed].map((file) => file.bytes) } }
}
