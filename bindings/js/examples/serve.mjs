// A small static server for one folder, on this machine only.

import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, sep } from 'node:path'

const TYPES = {
    '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json', '.svg': 'image/svg+xml', '.wasm': 'application/wasm',
}

// What pages cannot say about themselves. The rest of their policy is in the pages, for hosts that set no headers.
const HEADERS = {
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': "frame-ancestors 'self'",
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
}

async function fileFor(root, path) {
    const file = await realpath(join(root, decodeURIComponent(path)))
    if (file !== root && !file.startsWith(root + sep)) throw new Error('outside')
    return (await stat(file)).isDirectory() ? fileFor(root, join(path, 'index.html')) : file
}

async function answer(root, request, response) {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (!['GET', 'HEAD'].includes(request.method)) return response.writeHead(405).end()
    let file
    try {
        file = await fileFor(root, pathname)
    } catch {
        return response.writeHead(404, { ...HEADERS, 'Content-Type': 'text/plain' }).end('There is no such file.\n')
    }
    // Addresses in a page are relative to its folder, so that a folder's address ends with a slash.
    if (file.endsWith(`${sep}index.html`) && !/(\/|\.html)$/.test(pathname))
        return response.writeHead(301, { Location: `${pathname}/` }).end()
    const { size } = await stat(file)
    response.writeHead(200, {
        ...HEADERS, 'Content-Length': size, 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    })
    if (request.method === 'HEAD') return response.end()
    createReadStream(file).on('error', () => response.destroy()).pipe(response)
}

/** Serves a folder; fulfilled with the server when it listens. Port 0 takes a free one. */
export async function serve(folder, port) {
    const root = await realpath(folder)
    const server = createServer((request, response) => {
        answer(root, request, response).catch(() => response.destroy())
    })
    await new Promise((done, fail) => server.once('error', fail).listen(port, '127.0.0.1', done))
    return server
}

export const addressOf = (server) => `http://127.0.0.1:${server.address().port}/`
