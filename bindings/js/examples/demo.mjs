#!/usr/bin/env node
// Puts the drive and the playground into one folder, which any static host can serve, and serves it here.
//
//   demo.mjs --package build/npm --out build/demo [--port 8417] [--build-only]

import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { addressOf, serve } from './serve.mjs'
import { snippetsOf } from './playground/extract.mjs'

const here = dirname(fileURLToPath(import.meta.url))

/** Fills `out` anew: the drive at its top, the playground and the library's two files below. */
export async function build(pkg, out) {
    await rm(out, { recursive: true, force: true })
    await mkdir(join(out, 'libsafe'), { recursive: true })
    await cp(join(here, 'drive'), out, { recursive: true })
    await cp(join(here, 'playground'), join(out, 'playground'), { recursive: true })
    await rm(join(out, 'playground', 'extract.mjs'))
    for (const file of ['libsafe.js', 'libsafe.wasm']) await cp(join(pkg, file), join(out, 'libsafe', file))
    const snippets = await snippetsOf(join(here, '../../..'))
    await writeFile(join(out, 'playground', 'snippets.json'), JSON.stringify(snippets))
}

async function main() {
    const { values } = parseArgs({
        options: {
            package: { type: 'string' }, out: { type: 'string' }, port: { type: 'string', default: '8417' },
            'build-only': { type: 'boolean', default: false },
        },
    })
    await build(values.package, values.out)
    if (values['build-only']) return
    let server
    try {
        server = await serve(values.out, Number(values.port))
    } catch (error) {
        if (error.code !== 'EADDRINUSE') throw error
        console.error(`demo: port ${values.port} is taken; type: make demo PORT=0 for any free one`)
        process.exit(1)
    }
    const address = addressOf(server)
    console.log(`\n  Drive        ${address}\n  Playground   ${address}playground/\n\nCtrl-C ends it.`)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
