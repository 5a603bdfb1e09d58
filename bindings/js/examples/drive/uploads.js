// Files on their way into the store: a queue, the progress of each and of all, and cancel.

import { reason } from './text.js'

// The engine encodes one chunk at a time; a second file fills the time in which the first one waits for the store.
const AT_ONCE = 2

/**
 * States of an upload: waiting, storing, listing (its content is stored, the list is being written), stored, failed,
 * cancelled. A file counts as stored when a list that has it is kept.
 */
export class Uploads extends EventTarget {
    #client
    #keeper
    #running = 0
    items = []

    constructor(client, keeper) {
        super()
        this.#client = client
        this.#keeper = keeper
    }

    /** Takes files: `{ file, folder }` each. */
    add(files, isPrivate) {
        if (!this.active) this.items = this.items.filter((item) => item.state === 'failed')
        for (const { file, folder } of files) {
            this.items.push({
                id: crypto.randomUUID(), file, folder, isPrivate, name: file.name, size: file.size,
                done: 0, state: 'waiting', stop: new AbortController(),
            })
        }
        this.#next()
    }

    cancel(item) {
        item.stop.abort()
        if (item.state === 'waiting') this.#became(item, 'cancelled')
    }

    cancelAll() {
        for (const item of this.items) if (['waiting', 'storing'].includes(item.state)) this.cancel(item)
    }

    /** Tries a failed file again. */
    retry(item) {
        Object.assign(item, { done: 0, error: undefined, stop: new AbortController() })
        this.#became(item, 'waiting')
        this.#next()
    }

    /** Forgets what has ended. */
    clear() {
        this.items = this.items.filter((item) => ['waiting', 'storing', 'listing'].includes(item.state))
        this.#tell()
    }

    get active() {
        return this.items.some((item) => ['waiting', 'storing', 'listing'].includes(item.state))
    }

    /** Files and bytes of all that were not cancelled. */
    get total() {
        const total = { files: 0, stored: 0, failed: 0, size: 0, done: 0 }
        for (const item of this.items) {
            if (item.state === 'cancelled') continue
            total.files++
            if (item.state === 'failed') total.failed++
            if (item.state === 'stored') total.stored++
            if (item.state === 'failed') continue
            total.size += item.size
            total.done += item.state === 'stored' ? item.size : item.done
        }
        return total
    }

    #next() {
        while (this.#running < AT_ONCE) {
            const item = this.items.find((each) => each.state === 'waiting')
            if (!item) break
            this.#running++
            this.#store(item).finally(() => {
                this.#running--
                this.#next()
            })
        }
        this.#tell()
    }

    async #store(item) {
        this.#became(item, 'storing')
        try {
            const { file, folder, isPrivate } = item
            const receipt = await this.#client.put(file, {
                private: isPrivate, ...described(file), signal: item.stop.signal,
                onProgress: (done) => {
                    item.done = Math.min(Number(done), item.size)
                    this.#tell()
                },
            })
            this.#became(item, 'listing')
            await this.#keeper.change({
                add: [{
                    id: item.id, name: file.name, folder, link: receipt.link.text, size: file.size,
                    type: file.type.slice(0, 128), added: new Date().toISOString(),
                }],
            })
            this.#became(item, 'stored')
        } catch (error) {
            item.error = error
            item.message = reason(error)
            this.#became(item, item.stop.signal.aborted && item.state === 'storing' ? 'cancelled' : 'failed')
        }
    }

    #became(item, state) {
        item.state = state
        this.#tell()
    }

    #tell() {
        this.dispatchEvent(new Event('change'))
    }
}

const bytesOf = (text) => new TextEncoder().encode(text).length

/** Name and media type as a link can carry them (128 and 64 bytes); the list has them in full. */
export function described(file) {
    const said = {}
    if (file.name && bytesOf(file.name) <= 128) said.name = file.name
    if (file.type && bytesOf(file.type) <= 64) said.mediaType = file.type
    return said
}
