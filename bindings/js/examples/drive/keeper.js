// Keeps the list of a drive as a private file of its own, whose link is all that the browser remembers.
//
// A change writes a new list and then replaces the kept link, in this order, so that a tab that is killed at any moment
// leaves the old list or the new one, whole. Tabs take turns (a Web Lock per store) and begin with the link that the
// other left, so that no change is lost.

import { apply, decode, EMPTY, encode, NoList } from './list.js'
import { recall, remember } from './memo.js'

const KEY = 'libsafe-drive list '
const BIGGEST_LIST = 64 << 20

/** Reads the list that a link holds. */
export async function readList(client, link) {
    const reader = await client.open(link)
    try {
        if (Number(reader.size) > BIGGEST_LIST) throw new NoList()
        return decode(await reader.read(0, Number(reader.size)))
    } finally {
        await reader.close()
    }
}

/** A file that somebody has put into the same vault, by its link, as an entry of the list. */
export async function readFile(client, link, folder) {
    const reader = await client.open(link)
    try {
        const type = (reader.mediaType ?? '').slice(0, 128)
        return {
            id: crypto.randomUUID(), name: reader.name ?? 'file', folder, link, size: Number(reader.size), type,
            added: new Date().toISOString(),
        }
    } finally {
        await reader.close()
    }
}

/** For a store that was erased. */
export async function forgetLink(url) {
    const kept = new Kept(url)
    await kept.keep(null)
    kept.close()
}

/** The store's kept link: in the browser for stores that last, in this page for memory. */
export class Kept {
    #key
    #memory = null
    #tabs = null

    constructor(url) {
        // A vault elsewhere is the same by whatever URL it is reached: its key says which it is.
        this.#key = KEY + (/#(\w+)$/.exec(url)?.[1] ?? url)
        this.lasts = url !== 'mem:'
        if (this.lasts) this.#tabs = new BroadcastChannel(this.#key)
    }

    async link() {
        return this.lasts ? recall(this.#key) : this.#memory
    }

    /** Fulfilled when it is kept, whatever happens to the browser then. Other tabs are told. */
    async keep(link) {
        if (!this.lasts) this.#memory = link
        else await remember(this.#key, link)
        this.#tabs?.postMessage('another')
    }

    /** Calls back whenever another tab has kept another link. */
    onAnother(call) {
        this.#tabs?.addEventListener('message', call)
    }

    /** The next to change the list, of all tabs. */
    alone(work) {
        return this.lasts ? navigator.locks.request(this.#key, work) : work()
    }

    close() {
        this.#tabs?.close()
    }
}

/** The list, and the only way to change it. Dispatches `change` when it has another one, of this tab or another. */
export class Keeper extends EventTarget {
    #client
    #kept
    #readFrom = null
    #waiting = []
    #writing = false
    #turn = Promise.resolve()

    list = EMPTY
    /** Of the list that was kept last, also if it could not be read. */
    link = null

    constructor(client, kept) {
        super()
        this.#client = client
        this.#kept = kept
        kept.onAnother(() => this.load().catch(() => {}))
    }

    close() {
        this.#kept.close()
    }

    /** Reads the list that the kept link holds, unless it is the one that is here. */
    load() {
        return this.#inTurn(() => this.#read())
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
        await this.#kept.alone(() => this.#inTurn(async () => {
            const list = link === null ? EMPTY : await readList(this.#client, link)
            await this.#kept.keep(link)
            this.#take(list, link)
        }))
    }

    // What reads or changes the list does so one after the other: an older list never comes in after a newer one.
    #inTurn(work) {
        const done = this.#turn.then(work)
        this.#turn = done.catch(() => {})
        return done
    }

    async #read() {
        const link = this.link = await this.#kept.link()
        if (link !== this.#readFrom) this.#take(link === null ? EMPTY : await readList(this.#client, link), link)
        return this.list
    }

    #take(list, link) {
        this.list = list
        this.#readFrom = this.link = link
        this.dispatchEvent(new Event('change'))
    }

    // One write at a time; it takes all changes that wait, so that a thousand files are not a thousand lists.
    async #write() {
        if (this.#writing) return
        this.#writing = true
        while (this.#waiting.length > 0) {
            let changes = []
            try {
                await this.#kept.alone(() => this.#inTurn(async () => {
                    changes = this.#waiting.splice(0)
                    const before = await this.#read()
                    const list = changes.reduce((changed, { change }) => apply(changed, change), before)
                    const receipt = await this.#client.put(encode(list), { private: true })
                    const link = receipt.link.text
                    await this.#kept.keep(link)
                    this.#take(list, link)
                }))
                for (const { done } of changes) done()
            } catch (error) {
                for (const { fail } of changes.length > 0 ? changes : this.#waiting.splice(0)) fail(error)
            }
        }
        this.#writing = false
    }
}
