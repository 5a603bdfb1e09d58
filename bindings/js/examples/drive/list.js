// The list of a drive: which files there are, in which folders, and the link of each. Values only; `keeper.js` stores them.

const VERSION = 1
const MOST_ENTRIES = 100_000

/** What a link holds is something else. */
export class NoList extends Error {
    constructor() {
        super('this link holds a file, but not the list of a drive')
    }
}

export const EMPTY = Object.freeze({ version: VERSION, entries: Object.freeze([]) })

const isText = (value, most) => typeof value === 'string' && value.length <= most
const isPart = (part) => part !== '' && part !== '.' && part !== '..' && !/[\u0000-\u001f\u007f]/.test(part)

/** A folder as the list keeps it: "a/b" without empty parts; "" is the top. */
export const cleanFolder = (path) => path.split('/').filter(isPart).join('/')

export const isPrivate = (entry) => entry.link.startsWith('safe:private-')

/** Whether a folder is another or lies in it. */
export const isWithin = (folder, top) => top === '' || folder === top || folder.startsWith(`${top}/`)

function checked(entry) {
    const good =
        isText(entry?.id, 64) && entry.id !== '' && isText(entry.name, 1024) && entry.name !== '' &&
        isText(entry.folder, 4096) && cleanFolder(entry.folder) === entry.folder &&
        isText(entry.link, 700) && entry.link.startsWith('safe:') &&
        Number.isSafeInteger(entry.size) && entry.size >= 0 && isText(entry.type, 128) && isText(entry.added, 40)
    if (!good) throw new Error('the list has an entry that no drive wrote; it is not changed')
    const { id, name, folder, link, size, type, added } = entry
    return { id, name, folder, link, size, type, added }
}

/** Reads what `encode` wrote, from whoever: everything is checked, and what is unknown is refused rather than lost. */
export function decode(bytes) {
    let value
    try {
        value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
        throw new NoList()
    }
    if (!Array.isArray(value?.entries)) throw new NoList()
    if (value.version !== VERSION)
        throw new Error(`the list is of version ${value.version}, this page reads ${VERSION}; open it with a newer page`)
    if (value.entries.length > MOST_ENTRIES) throw new Error(`the list has more than ${MOST_ENTRIES} entries`)
    return { version: VERSION, entries: value.entries.map(checked) }
}

export const encode = (list) => new TextEncoder().encode(JSON.stringify(list))

/** "name", or "name 2", "name 3" if the folder has it already. */
function freeName(entries, folder, name) {
    const taken = new Set(entries.filter((entry) => entry.folder === folder).map((entry) => entry.name))
    if (!taken.has(name)) return name
    const [, stem, end] = /^(.+?)(\.[^.]*)?$/s.exec(name)
    for (let number = 2; ; number++) {
        const next = `${stem} ${number}${end ?? ''}`
        if (!taken.has(next)) return next
    }
}

/**
 * A list with one change made: `{ add: entries }`, `{ remove: ids }` or `{ relink: { id, link } }`. Changes say what is
 * to be done, not what comes out, so that those of two tabs can be made one after the other. Making one again changes
 * nothing. The same content under the same name in the same folder is there once; other content of that name gets another.
 */
export function apply(list, change) {
    let { entries } = list
    if (change.remove) {
        const gone = new Set(change.remove)
        entries = entries.filter((entry) => !gone.has(entry.id))
    }
    if (change.relink) {
        const { id, link } = change.relink
        entries = entries.map((entry) => (entry.id === id ? { ...entry, link } : entry))
    }
    for (const entry of change.add ?? []) {
        const there = entries.some((other) => other.id === entry.id ||
            (other.folder === entry.folder && other.name === entry.name && other.link === entry.link))
        if (!there) entries = [...entries, { ...checked(entry), name: freeName(entries, entry.folder, entry.name) }]
    }
    if (entries.length > MOST_ENTRIES) throw new Error(`a list holds at most ${MOST_ENTRIES} files`)
    return { version: VERSION, entries }
}

const byName = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true, sensitivity: 'base' })

/** What a folder holds: `{ folders: [{ name, path, files, size }], files }`, each in the order of names. */
export function inside(list, folder) {
    const folders = new Map()
    const files = []
    for (const entry of list.entries) {
        if (entry.folder === folder) {
            files.push(entry)
        } else if (isWithin(entry.folder, folder)) {
            const rest = folder === '' ? entry.folder : entry.folder.slice(folder.length + 1)
            const name = rest.split('/')[0]
            const path = folder === '' ? name : `${folder}/${name}`
            const known = folders.get(name) ?? { name, path, files: 0, size: 0 }
            known.files++
            known.size += entry.size
            folders.set(name, known)
        }
    }
    return { folders: [...folders.values()].sort(byName), files: files.sort(byName) }
}
