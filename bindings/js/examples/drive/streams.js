// The page's side of the service worker: gives out addresses for files in the store, and reads for them.

const AWAKE_MS = 10_000
const CONTROL_MS = 3_000

/** A registered worker that serves this page, or null where there is none (a private window, an old browser). */
async function controlled() {
    const workers = navigator.serviceWorker
    if (!workers) return null
    try {
        await workers.register('service-worker.js', { scope: './' })
        const { active } = await workers.ready
        if (workers.controller) return workers
        active.postMessage({ kind: 'claim' })
        return await new Promise((done) => {
            workers.addEventListener('controllerchange', () => done(workers), { once: true })
            setTimeout(() => done(workers.controller ? workers : null), CONTROL_MS)
        })
    } catch {
        return null
    }
}

/** What this page gave out: token to `{ client, entry, saved, reader }`. */
const given = new Map()
let playing = 0

const tokenOf = (url) => url.split('/')[1]

async function revoke(token) {
    const source = given.get(token)
    given.delete(token)
    const reader = await source?.reader?.catch(() => null)
    await reader?.close()
}

async function read(source, { offset, length }) {
    // One reader per address: it holds the chunk that is being played.
    source.reader ??= source.client.open(source.entry.link)
    try {
        const reader = await source.reader
        return await reader.read(offset, length)
    } catch (error) {
        source.reader = null
        throw error
    }
}

function serve(token, port) {
    const source = given.get(token)
    if (!source) return port.postMessage({ unknown: true })
    const { entry, saved } = source
    playing++
    port.onmessage = async ({ data }) => {
        if (data.close) {
            playing--
            port.close()
            if (saved) await revoke(token)
            return
        }
        try {
            const bytes = await read(source, data)
            port.postMessage({ bytes }, [bytes.buffer])
        } catch (error) {
            port.postMessage({ error: String(error.message) })
        }
    }
    port.postMessage({ size: entry.size, type: entry.type || 'application/octet-stream', name: entry.name, saved })
}

if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener('message', ({ data, ports }) => {
        if (data?.kind === 'open') serve(data.token, ports[0])
    })
    navigator.serviceWorker.startMessages()
    // A worker that hears of nothing is ended after half a minute, and what it streams with it.
    setInterval(() => {
        if (playing > 0) navigator.serviceWorker.controller?.postMessage({ kind: 'awake' })
    }, AWAKE_MS)
}

/** Addresses for the files of one client. */
export class Streams {
    #client
    #worker = controlled()

    constructor(client) {
        this.#client = client
    }

    /**
     * An address of the file for this page, until `revoke`; null without a service worker. The token means nothing to
     * anybody else: links stay out of addresses, which browsers remember and servers log. One that is to be saved is
     * taken back when that is done.
     */
    async url(entry, { saved = false } = {}) {
        if ((await this.#worker) === null) return null
        const token = crypto.randomUUID()
        given.set(token, { client: this.#client, entry, saved, reader: null })
        return `stream/${token}/${encodeURIComponent(entry.name)}`
    }

    revoke(url) {
        return revoke(tokenOf(url))
    }

    /** Takes back all that was given out for this client. */
    async close() {
        for (const [token, { client }] of [...given]) if (client === this.#client) await revoke(token)
    }
}
