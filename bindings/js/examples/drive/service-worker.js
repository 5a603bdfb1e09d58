// Serves what is in the store to <video>, <audio>, <img> and downloads as if it came from a server: `stream/TOKEN/NAME`,
// with byte ranges. It has no engine: the page that gave out the token reads, through a MessageChannel, and only what
// is asked for. All other requests of the page are served from the network, and from the last copy without one.

const SHELL = 'libsafe-drive shell'
const BLOCK = 1 << 20
const ANSWER_MS = 10_000

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('message', (event) => {
    // A page that was reloaded past the worker asks to be served again; one that streams keeps it awake.
    if (event.data?.kind === 'claim') event.waitUntil(self.clients.claim())
})

self.addEventListener('fetch', (event) => {
    const url = new URL(event.request.url)
    const scope = self.registration.scope
    if (event.request.method !== 'GET' || !url.href.startsWith(scope)) return
    const stream = /^stream\/([\w-]+)\//.exec(url.href.slice(scope.length))
    event.respondWith(stream ? streamed(event.request, stream[1]) : shell(event.request))
})

async function shell(request) {
    const cache = await caches.open(SHELL)
    try {
        const response = await fetch(request)
        if (response.status === 200) await cache.put(request, response.clone())
        return response
    } catch (error) {
        const copy = await cache.match(request, { ignoreSearch: true })
        if (copy) return copy
        throw error
    }
}

/** Asks the pages for a token; the one that gave it out answers with what it is, and then reads over the same port. */
async function source(token) {
    const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
    const asked = pages.map((page) => new Promise((done, fail) => {
        const { port1, port2 } = new MessageChannel()
        setTimeout(() => fail(new Error('the page does not answer')), ANSWER_MS)
        port1.onmessage = ({ data }) => (data.unknown ? fail(new Error('unknown')) : done({ port: port1, ...data }))
        page.postMessage({ kind: 'open', token }, [port2])
    }))
    return Promise.any(asked)
}

function read(port, offset, length) {
    return new Promise((done, fail) => {
        port.onmessage = ({ data }) => (data.bytes ? done(data.bytes) : fail(new Error(data.error)))
        port.onclose = () => fail(new Error('the page was closed'))
        port.postMessage({ offset, length })
    })
}

/** The first and the last byte that are wanted; null for all, undefined for a range that is not in the content. */
function range(header, size) {
    const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
    if (!found || (found[1] === '' && found[2] === '')) return null
    const first = found[1] === '' ? Math.max(0, size - Number(found[2])) : Number(found[1])
    const last = found[1] === '' || found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1)
    return first <= last && first < size ? { first, last } : undefined
}

/** The bytes from `first` to `last`, read when whoever plays wants more. */
function body(port, first, last) {
    let offset = first
    return new ReadableStream({
        async pull(controller) {
            if (offset > last) {
                port.postMessage({ close: true })
                return controller.close()
            }
            const bytes = await read(port, offset, Math.min(BLOCK, last + 1 - offset))
            offset += bytes.length
            controller.enqueue(bytes)
        },
        cancel: () => port.postMessage({ close: true }),
    }, { highWaterMark: 0 })
}

// What a browser shows or plays without running it. Everything else is only ever saved: content is somebody's, this
// origin is the reader's own.
const HARMLESS = /^(image\/(?!svg)|audio\/|video\/)[\w.+-]+$|^application\/pdf$/

async function streamed(request, token) {
    let found
    try {
        found = await source(token)
    } catch {
        return new Response('The page that gave out this address is closed.', { status: 404 })
    }
    const { port, size, type, name, saved } = found
    const part = range(request.headers.get('range'), size)
    const headers = {
        'Accept-Ranges': 'bytes',
        'Cache-Control': 'no-store',
        'Content-Type': HARMLESS.test(type) ? type : 'application/octet-stream',
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': type === 'application/pdf' ? "default-src 'none'" : "sandbox; default-src 'none'",
    }
    if (saved || !HARMLESS.test(type))
        headers['Content-Disposition'] = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
    if (part === undefined) {
        port.postMessage({ close: true })
        return new Response(null, { status: 416, headers: { ...headers, 'Content-Range': `bytes */${size}` } })
    }
    const { first, last } = part ?? { first: 0, last: size - 1 }
    headers['Content-Length'] = String(last - first + 1)
    if (part) headers['Content-Range'] = `bytes ${first}-${last}/${size}`
    return new Response(body(port, first, last), { status: part ? 206 : 200, headers })
}
