// `make demo` serves the drive and the playground as one folder, which any static host could serve, and ends when told to.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const program = join(import.meta.dirname, '../../examples/demo.mjs')

test('the demo is served, says where, and ends', async () => {
    const out = await mkdtemp(join(tmpdir(), 'safe-demo-'))
    const demo = spawn(process.execPath, [program, '--package', process.env.SAFE_NPM, '--out', out, '--port', '0'])
    const ended = new Promise((done) => demo.on('exit', done))
    let said = ''
    for await (const part of demo.stdout) if ((said += part).includes('Ctrl-C')) break
    const [drive, playground] = said.match(/http:\/\/127\.0\.0\.1:\d+\/\S*/g)
    assert.match(await (await fetch(drive)).text(), /<title>Drive/)
    assert.match(await (await fetch(playground)).text(), /<title>Playground/)
    const wasm = await fetch(new URL('libsafe/libsafe.wasm', drive))
    assert.equal(wasm.headers.get('content-type'), 'application/wasm')
    assert.equal((await fetch(new URL('../package.json', drive))).status, 404)
    demo.kill('SIGTERM')
    assert.equal(await ended, 0)
    assert.ok((await readdir(out)).includes('index.html'))
    await rm(out, { recursive: true })
})

test('a port that is taken is told of', async () => {
    const out = await mkdtemp(join(tmpdir(), 'safe-demo-'))
    const { createServer } = await import('node:net')
    const taken = createServer()
    await new Promise((done) => taken.listen(0, '127.0.0.1', done))
    const { port } = taken.address()
    const demo = spawn(process.execPath, [program, '--package', process.env.SAFE_NPM, '--out', out, '--port', String(port)])
    let said = ''
    demo.stderr.on('data', (part) => (said += part))
    assert.equal(await new Promise((done) => demo.on('close', done)), 1) // when all that it said has come
    assert.match(said, /port \d+ is taken; type: make demo PORT=0/)
    taken.close()
    await rm(out, { recursive: true })
})
