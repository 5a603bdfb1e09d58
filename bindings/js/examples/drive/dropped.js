// Files and folders out of drops and pickers, as `{ file, folder }`.

import { cleanFolder } from './list.js'

const join = (...parts) => cleanFolder(parts.join('/'))

async function* filesIn(entry, folder) {
    if (entry.isFile) {
        yield { file: await new Promise((done, fail) => entry.file(done, fail)), folder }
        return
    }
    const reader = entry.createReader()
    for (;;) {
        // A directory reader gives at most a hundred entries at a time, and none at the end.
        const some = await new Promise((done, fail) => reader.readEntries(done, fail))
        if (some.length === 0) return
        for (const each of some) yield* filesIn(each, join(folder, entry.name))
    }
}

/** What was dropped. Must be called in the event's handler: afterwards the items are gone. */
export function fromDrop(transfer, folder) {
    const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean)
    const plain = entries.length === 0 ? [...transfer.files] : []
    return (async () => {
        const found = plain.map((file) => ({ file, folder }))
        for (const entry of entries) for await (const each of filesIn(entry, folder)) found.push(each)
        return found
    })()
}

/** What a file or folder picker gave. */
export function fromPicker(input, folder) {
    return [...input.files].map((file) => {
        const inside = file.webkitRelativePath.split('/').slice(0, -1)
        return { file, folder: join(folder, ...inside) }
    })
}

/** Whether a drag carries files, and not text or a link of the page. */
export const hasFiles = (event) => event.dataTransfer?.types.includes('Files') ?? false
