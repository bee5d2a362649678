/**
 * Puts the places of the sources into the stack traces of a minified program.
 *
 *   node build/places.ts dist/linux-x64/billet-agent.map < log
 *
 * The map is that of the very build: `billet-agent --version` names its commit, and a build of that is the same again.
 */
import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import process from 'node:process'

/** @param map as esbuild wrote it. */
export function withPlaces(text: string, map: string): string {
  const parsed: unknown = JSON.parse(map)
  if (!isMap(parsed)) throw new Error('the source map is not one')
  const places = new SourceMap(parsed)
  return text.replaceAll(/[\w-]+\.cjs:(\d+):(\d+)/g, (place: string, line: string, column: string) => {
    const origin = places.findOrigin(Number(line), Number(column))
    return 'fileName' in origin ? `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}` : place
  })
}

function isMap(value: unknown): value is SourceMapPayload {
  return typeof value === 'object' && value !== null && 'mappings' in value && 'sources' in value
}

if (import.meta.main) {
  const [, , path] = process.argv
  if (path === undefined) throw new Error('which map?')
  process.stdout.write(withPlaces(readFileSync(0, 'utf8'), readFileSync(path, 'utf8')))
}
