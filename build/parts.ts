import { relative } from 'node:path'
import type { Plugin } from 'esbuild'
import { root } from './tools.ts'

const NAMESPACE = 'part'

/**
 * Makes a part of each file of ours that is imported by `import()`: a script of its own inside the executable, which
 * only a process that comes to the import reads, compiles and keeps in memory. What an entry imports so stays in the
 * main script, with its code cache, and only does not run before the import.
 *
 * @param found hears of each part, by its path from the root.
 */
export function partsPlugin(found: (part: string) => void): Plugin {
  return {
    name: 'parts',
    setup: (build) => {
      build.onResolve({ filter: /^\./ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
        const isOurs = !importer.includes('/node_modules/')
        const isOfEntry = relative(root, importer).startsWith('bin/')
        if (kind !== 'dynamic-import' || !isOurs || isOfEntry || pluginData === NAMESPACE) return undefined
        const { path: file, errors } = await build.resolve(path, { kind, resolveDir, importer, pluginData: NAMESPACE })
        if (errors.length > 0) return { errors }
        const part = relative(root, file)
        found(part)
        return { path: part, namespace: NAMESPACE }
      })
      build.onLoad({ filter: /./, namespace: NAMESPACE }, ({ path }) => ({
        contents: loaderOf(path),
        resolveDir: root,
      }))
    },
  }
}

/** What stands in the place of a part: it runs the part as Node runs a file of CommonJS. */
function loaderOf(part: string): string {
  const name = JSON.stringify(part)
  return `
const { createRequire } = require('node:module')
const { getAsset } = require('node:sea')
const { compileFunction } = require('node:vm')
const parameters = ['exports', 'require', 'module']
const run = compileFunction(getAsset(${name}, 'utf8'), parameters, { filename: ${name} })
run(exports, createRequire(process.execPath), module)
`
}
