import { join } from 'node:path'
import protobuf from 'protobufjs'
import { root } from './tools.ts'

const AGENT_SERVICES = ['billet.v1.AgentService', 'billet.v1.EnrolmentService']
const ERRORS = ['google.rpc.Status', 'google.rpc.ErrorInfo', 'google.rpc.BadRequest', 'google.rpc.RetryInfo']

/**
 * The contract in protobufjs's own form, which proto-loader loads as it is. From a descriptor set it would load
 * every map as a list of entries. What only errors carry, and what an agent speaks, are there by themselves too:
 * what a program does not load, it need not keep in memory.
 *
 * @param protos every file of the contract, below proto/.
 */
export function renderContract(protos: string[]): Buffer {
  const contract = new protobuf.Root()
  contract.resolvePath = (_origin, target) =>
    target.startsWith('google/protobuf/') ? target : join(root, 'proto', target)
  contract.loadSync(protos, { keepCase: true }).resolveAll()
  const only = (names: readonly string[]) => select(contract, contract.toJSON(), needed(contract, names))
  return Buffer.from(
    [
      '// Made by `make generate` from proto/. Do not edit.',
      '',
      '/** Every message and service of the contract, as protobufjs writes them in JSON. */',
      exported('contract', contract.toJSON()),
      '',
      '/** The services that an agent calls, and their messages. */',
      exported('agentContract', only(AGENT_SERVICES)),
      '',
      '/** The messages of google.rpc that errors carry. */',
      exported('errorContract', only(ERRORS)),
      '',
    ].join('\n'),
  )
}

function exported(name: string, json: protobuf.INamespace): string {
  return `export const ${name} =\n  '${JSON.stringify(json)}'`
}

/** The full names of what is named, and of all that it is made of. */
function needed(contract: protobuf.Root, names: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const take = (reflected: protobuf.ReflectionObject | null): void => {
    if (reflected === null || found.has(reflected.fullName)) return
    found.add(reflected.fullName)
    if (reflected instanceof protobuf.Type) {
      for (const { resolvedType } of reflected.fieldsArray) take(resolvedType)
    }
    if (reflected instanceof protobuf.Service) {
      for (const { resolvedRequestType, resolvedResponseType } of reflected.methodsArray) {
        take(resolvedRequestType)
        take(resolvedResponseType)
      }
    }
  }
  for (const name of names) {
    const reflected = contract.lookup(name)
    if (reflected === null) throw new Error(`the contract has no ${name}`)
    take(reflected)
  }
  return found
}

/** The part of the JSON that was asked for; a message stays as a mere name space where only what it holds is. */
function select(
  space: protobuf.NamespaceBase,
  json: protobuf.INamespace,
  wanted: ReadonlySet<string>,
): protobuf.INamespace {
  const kept = space.nestedArray.flatMap((reflected): [string, protobuf.AnyNestedObject][] => {
    const own = json.nested?.[reflected.name]
    if (own === undefined) return []
    const inner = reflected instanceof protobuf.Namespace ? select(reflected, own, wanted) : {}
    const alone = { ...own }
    if ('nested' in alone) delete alone.nested
    if (wanted.has(reflected.fullName)) return [[reflected.name, { ...alone, ...inner }]]
    return inner.nested === undefined ? [] : [[reflected.name, inner]]
  })
  return kept.length === 0 ? {} : { nested: Object.fromEntries(kept) }
}
