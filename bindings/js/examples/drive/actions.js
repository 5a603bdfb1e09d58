// What one can do with a file in the list: download, verify, copy a link.

import { saveBlob } from './dom.js'
import { isPrivate } from './list.js'
import { described } from './uploads.js'

const BIGGEST_WHOLE = 1 << 30

/** Saves the file: streamed by the service worker, or whole where there is none. */
export async function download(client, streams, entry) {
    const url = await streams.url(entry, { saved: true })
    if (url) return saveStream(url)
    if (entry.size > BIGGEST_WHOLE)
        throw new Error('This file is too big to be saved at once, and this window has no service worker that could stream ' +
            'it. Open the page in a normal window.')
    const reader = await client.open(entry.link)
    try {
        saveBlob(new Blob([await reader.blob()], { type: entry.type }), entry.name)
    } finally {
        await reader.close()
    }
}

// A frame, since a navigation always passes the service worker; its answer is an attachment, so that nothing is shown.
function saveStream(url) {
    const frame = document.createElement('iframe')
    frame.hidden = true
    frame.title = 'download'
    frame.src = url
    document.body.append(frame)
}

/**
 * Reads a file back whole. Each chunk is checked against its address and each piece against its hash on the way, so that
 * a damaged store ends it with an error.
 */
export async function verify(client, entry, { signal, onProgress }) {
    const reader = await client.open(entry.link, { signal })
    let done = 0
    try {
        for await (const bytes of reader.stream({ signal })) {
            done += bytes.length
            onProgress(done)
        }
    } finally {
        await reader.close()
    }
    if (done !== entry.size) throw new Error(`${entry.name} has ${done} bytes, the list says ${entry.size}`)
}

/**
 * A public link to a file. For a private one its data map is stored too, which the content itself does not change:
 * whoever has the public link can read, and nothing that is stored makes it private again.
 */
export async function publicLink(client, entry) {
    if (!isPrivate(entry)) return entry.link
    const reader = await client.open(entry.link)
    try {
        const receipt = await client.put(reader.stream(), {
            private: false, size: entry.size, ...described({ name: entry.name, type: entry.type }),
        })
        return receipt.link.text
    } finally {
        await reader.close()
    }
}

/** Puts text on the clipboard; false where the browser does not allow it. */
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text)
        return true
    } catch {
        return false
    }
}
