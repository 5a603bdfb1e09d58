// One open store and everything that works on it.

import { connect } from './libsafe/libsafe.js'
import { Kept, Keeper } from './keeper.js'
import { Streams } from './streams.js'
import { Thumbnails } from './thumbnails.js'
import { Unfinished } from './unfinished.js'
import { Uploads } from './uploads.js'

export const DEFAULT_URL = 'file:drive'

export class Session {
    #client

    /** Opens a store. Fails without having changed anything. */
    static async open(url) {
        return new Session(url, await connect(url))
    }

    constructor(url, client) {
        this.url = url
        this.#client = client
        this.kept = new Kept(url)
        this.keeper = new Keeper(client, this.kept)
        this.uploads = new Uploads(client, this.keeper)
        this.streams = new Streams(client)
        this.thumbnails = new Thumbnails(client)
        this.unfinished = this.kept.lasts ? new Unfinished(url) : null
        this.uploads.addEventListener('change', () => {
            const open = this.uploads.items.filter(({ state }) => ['waiting', 'storing', 'listing'].includes(state))
            this.unfinished?.note(open.map(({ name }) => name))
        })
    }

    get client() {
        return this.#client
    }

    /** Calls with whether there is a connection to the vault, now and at each change. */
    async watch(call) {
        for await (const state of this.#client.states()) if (state !== 'closed') call(state === 'connected')
    }

    /** Bytes used and free; undefined for what nobody knows. */
    async space() {
        if (!this.url.startsWith('file:')) return {}
        const figures = await this.#client.figures?.()
        if (figures) return { used: Number(figures.bytes), free: Number(figures.free) }
        const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {}
        return { used: usage, free: quota - usage }
    }

    async close() {
        this.uploads.cancelAll()
        this.keeper.close()
        await this.streams.close()
        this.thumbnails.close()
        this.unfinished?.close()
        await this.#client.close()
    }
}

/** A store's name as people read it. */
export function nameOf(url) {
    if (url === 'mem:') return 'In memory'
    const name = /^file:([\w.-]+)$/.exec(url)?.[1]
    return name ? `In this browser: ${name}` : url.replace(/#.*/, '')
}
