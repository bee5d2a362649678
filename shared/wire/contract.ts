import { type MessageTypeDefinition, type PackageDefinition, fromJSON } from '@grpc/proto-loader'

type Contract = Parameters<typeof fromJSON>[0]

/** Loads what the text describes. Numbers of 64 bits are read as JavaScript's numbers. */
export function loadContract(text: string): PackageDefinition {
  const parsed: unknown = JSON.parse(text)
  if (!isContract(parsed)) throw new Error('the embedded contract is not one')
  return fromJSON(parsed, { longs: Number, defaults: true, oneofs: true })
}

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'nested' in value
}

/**
 * The services of a contract by short names. The types are generated from the very descriptors that were loaded, so
 * that a service that is there is as typed.
 */
export function servicesOf<Services>(
  definition: PackageDefinition,
  fullNames: Readonly<Record<keyof Services & string, string>>,
): Services {
  const found = Object.fromEntries(
    Object.entries<string>(fullNames).map(([name, full]) => [name, withoutDescriptors(definition[full])]),
  )
  if (!isComplete(found, fullNames)) throw new Error('the embedded contract lacks a service')
  return found
}

function isComplete<Services>(
  found: unknown,
  fullNames: Readonly<Record<keyof Services & string, string>>,
): found is Services {
  if (typeof found !== 'object' || found === null) return false
  const services = new Map<string, unknown>(Object.entries(found))
  return Object.keys(fullNames).every((name) => typeof services.get(name) === 'object')
}

/** Each method holds the descriptors of the whole contract: a megabyte that nothing here looks at. */
function withoutDescriptors(service: PackageDefinition[string] | undefined): object | undefined {
  if (service === undefined || !isService(service)) return undefined
  return Object.fromEntries(
    Object.entries(service).map(([name, method]) => [
      name,
      { ...method, requestType: bare(method.requestType), responseType: bare(method.responseType) },
    ]),
  )
}

type Service = Extract<PackageDefinition[string], { readonly format?: never }>

function isService(definition: PackageDefinition[string]): definition is Service {
  return !('format' in definition)
}

function bare(type: MessageTypeDefinition<object, object>): MessageTypeDefinition<object, object> {
  return { ...type, type: {}, fileDescriptorProtos: [] }
}

/** Turns one kind of message into bytes and back. */
export type MessageCodec<Input, Output> = {
  readonly serialize: (value: Input) => Buffer
  readonly deserialize: (bytes: Buffer) => Output
}

export function messageOf<Input, Output>(definition: PackageDefinition, name: string): MessageCodec<Input, Output> {
  const found = definition[name]
  if (!isMessage<Input, Output>(found)) throw new Error(`the embedded contract lacks ${name}`)
  const { serialize, deserialize } = found
  return { serialize, deserialize }
}

function isMessage<Input, Output>(found: unknown): found is MessageCodec<Input, Output> {
  return typeof found === 'object' && found !== null && 'serialize' in found && 'deserialize' in found
}
