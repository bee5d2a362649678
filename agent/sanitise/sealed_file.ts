import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { writePrivateFile } from '../../shared/files.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

const ENVELOPE = v.looseObject({ version: v.literal(1), digest: v.string() })

/** A small file of the agent's own that carries its digest: one that was altered or torn is refused. */
export class SealedFile<Content> {
  readonly #name: string
  readonly #schema: v.GenericSchema<unknown, Content>

  /** @param name of the content within the file. */
  constructor(name: string, schema: v.GenericSchema<unknown, Content>) {
    this.#name = name
    this.#schema = schema
  }

  /** Null: there is none. */
  read(path: string): Result<Content | null, string> {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ok(null)
      return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    }
    const envelope = v.safeParse(ENVELOPE, parseJson(text))
    if (!envelope.success) return refuse(`${path} is damaged: ${envelope.issues[0].message}`)
    const content = v.safeParse(this.#schema, envelope.output[this.#name])
    if (!content.success) return refuse(`${path} is damaged: ${content.issues[0].message}`)
    if (digestOf(content.output) !== envelope.output.digest) {
      return refuse(`${path} is damaged: its digest is another one`)
    }
    return ok(content.output)
  }

  /** Durable when it returns. */
  write(path: string, content: Content): void {
    writePrivateFile(path, JSON.stringify({ version: 1, digest: digestOf(content), [this.#name]: content }))
  }
}

const digestOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
