// Remembers which files a tab is storing, so that a tab that was killed can be told of afterwards.

const KEY = 'libsafe-drive unfinished '
const TAB = 'libsafe-drive tab '
const MOST_NAMES = 50

export class Unfinished {
    #key
    #tab = crypto.randomUUID()
    #last = ''

    /** Held while this tab lives, whatever ends it. */
    #release
    constructor(url) {
        this.#key = KEY + url
        navigator.locks.request(TAB + this.#tab, () => new Promise((done) => (this.#release = done)))
    }

    #all() {
        try {
            return JSON.parse(localStorage.getItem(this.#key)) ?? {}
        } catch {
            return {}
        }
    }

    /** The names of files that are not stored yet. */
    note(names) {
        const some = names.slice(0, MOST_NAMES)
        if (some.join('\n') === this.#last) return
        this.#last = some.join('\n')
        const all = this.#all()
        if (some.length > 0) all[this.#tab] = some
        else delete all[this.#tab]
        localStorage.setItem(this.#key, JSON.stringify(all))
    }

    /** What tabs that are gone did not finish; told once. */
    async leftBehind() {
        const { held } = await navigator.locks.query()
        const alive = new Set(held.map(({ name }) => name))
        const all = this.#all()
        const gone = Object.keys(all).filter((tab) => !alive.has(TAB + tab))
        const names = gone.flatMap((tab) => all[tab])
        for (const tab of gone) delete all[tab]
        if (gone.length > 0) localStorage.setItem(this.#key, JSON.stringify(all))
        return names
    }

    close() {
        this.note([])
        this.#release?.()
    }
}
