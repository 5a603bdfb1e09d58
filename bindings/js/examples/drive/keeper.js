// Keeps the list of a drive as a private file of its own, whose link is all that the browser remembers.
//
// A change writes a new list and then replaces the kept link, in this order, so that a tab that is killed at any moment
// leaves the old list or the new one, whole. Tabs take turns (a Web Lock per store) and begin with the link that the
// other left, so that no change is lost.

import { apply, decode, EMPTY, encode } from './list.js'

const KEY = 'libsafe-drive list '
const BIGGEST_LIST = 64 << 20

/** Reads the list that a link holds. */
export async function readList(client, link) {
    const reader = await client.open(link)
    try {
        if (Number(reader.size) > BIGGEST_LIST) throw new Error('this link holds a file, but not the list of a drive')
        return decode(await reader.read(0, Number(reader.size)))
    } finally {
        await reader.close()
    }
}

/** The store's kept links: in the browser for stores that last, in this page for memory. */
export class Kept {
    #url
    #memory = null

    constructor(url) {
        this.#url = url
        this.lasts = url !== 'mem:'
    }

    get key() {
        return KEY + this.#url
    }

    get link() {
        return this.lasts ? localStorage.getItem(this.key) : this.#memory
    }

    set link(text) {
        if (!this.lasts) this.#memory = text
        else if (text === null) localStorage.removeItem(this.key)
        else localStorage.setItem(this.key, text)
    }

    /** The next to change the list, of all tabs. */
    alone(work) {
        return this.lasts ? navigator.locks.request(this.key, work) : work()
    }
}

/** The list, and the only way to change it. Dispatches `change` when it has another one, of this tab or another. */
export class Keeper extends EventTarget {
    #client
    #kept
    #readFrom = null
    #waiting = []
    #writing = false
    #onStorage = (event) => {
        if (event.key === this.#kept.key && event.newValue !== this.#readFrom) this.load().catch(() => {})
    }

    list = EMPTY

    constructor(client, kept) {
        super()
        this.#client = client
        this.#kept = kept
        addEventListener('storage', this.#onStorage)
    }

    close() {
        removeEventListener('storage', this.#onStorage)
    }

    get link() {
        return this.#kept.link
    }

    /** Reads the list that the kept link holds, unless it is the one that is here. */
    async load() {
        const link = this.#kept.link
        if (link === this.#readFrom) return this.list
        const list = link === null ? EMPTY : await readList(this.#client, link)
        this.#take(list, link)
        return list
    }

    /** Makes a change; fulfilled when a list that has it is stored and its link is kept. */
    change(change) {
        return new Promise((done, fail) => {
            this.#waiting.push({ change, done, fail })
            this.#write()
        })
    }

    /** Keeps another link instead. The old one is forgotten: export it first. */
    async replace(link) {
        await this.#kept.alone(async () => {
            const list = link === null ? EMPTY : await readList(this.#client, link)
            this.#kept.link = link
            this.#take(list, link)
        })
    }

    #take(list, link) {
        this.list = list
        this.#readFrom = link
        this.dispatchEvent(new Event('change'))
    }

    // One write at a time; it takes all changes that wait, so that a thousand files are not a thousand lists.
    async #write() {
        if (this.#writing) return
        this.#writing = true
        while (this.#waiting.length > 0) {
            let changes = []
            try {
                await this.#kept.alone(async () => {
                    changes = this.#waiting.splice(0)
                    await this.load()
                    const list = changes.reduce((before, { change }) => apply(before, change), this.list)
                    const receipt = await this.#client.put(encode(list), { private: true })
                    const link = receipt.link.text
                    this.#kept.link = link
                    this.#take(list, link)
                })
                for (const { done } of changes) done()
            } catch (error) {
                for (const { fail } of changes.length > 0 ? changes : this.#waiting.splice(0)) fail(error)
            }
        }
        this.#writing = false
    }
}
