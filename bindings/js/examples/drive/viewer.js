// Opens one file: a picture, sound, video, PDF or text, played or read from the store.

import { $, button, el } from './dom.js'
import { chunks, count, kind, reason, size } from './text.js'
import { isPrivate } from './list.js'

const TEXT_BLOCK = 256 << 10
const BIGGEST_WHOLE = 256 << 20
const COUNT_MS = 400

export class Viewer {
    #client
    #streams
    #actions
    #dialog = $('#viewer')
    #left = []
    #shown = null

    constructor(client, streams, actions) {
        this.#client = client
        this.#streams = streams
        this.#actions = actions
        this.#dialog.onclose = () => this.#leave()
    }

    async show(entry) {
        this.#leave()
        this.#shown = entry
        $('#viewer-name').textContent = entry.name
        $('#viewer-facts').textContent =
            `${size(entry.size)}, ${isPrivate(entry) ? 'private' : 'public'}${entry.type ? `, ${entry.type}` : ''}`
        const stage = $('#viewer-stage')
        stage.replaceChildren(el('p', { className: 'quiet' }, 'Opening…'))
        $('#viewer-actions').replaceChildren(...this.#actions(entry))
        if (!this.#dialog.open) this.#dialog.showModal()
        let content
        try {
            content = await this.#content(entry)
        } catch (error) {
            content = el('p', { className: 'error', role: 'alert' }, reason(error))
        }
        if (this.#shown === entry) stage.replaceChildren(content)
    }

    close() {
        if (this.#dialog.open) this.#dialog.close()
    }

    #leave() {
        this.#shown = null
        $('#viewer-stage').replaceChildren()
        for (const leave of this.#left.splice(0)) leave()
    }

    async #content(entry) {
        switch (kind(entry.type, entry.name)) {
            case 'image': return this.#media(entry, (src) => el('img', { src, alt: entry.name }))
            case 'video': return this.#media(entry, (src) => el('video', { src, controls: true, preload: 'metadata' }))
            case 'audio': return this.#media(entry, (src) => el('audio', { src, controls: true, preload: 'metadata' }))
            case 'pdf': return this.#media(entry, (src) => el('iframe', { src, title: entry.name }))
            case 'text': return this.#text(entry)
            default: return el('p', { className: 'quiet' }, 'There is no preview for this kind of file. Download it to open it.')
        }
    }

    async #media(entry, make) {
        const src = await this.#address(entry)
        const media = make(src)
        // What is still loading would ask for an address that is not given out any more.
        if (media instanceof HTMLMediaElement) this.#left.unshift(() => (media.removeAttribute('src'), media.load()))
        if (media instanceof HTMLImageElement) await media.decode()
        else media.addEventListener('error', () => media.src && media.replaceWith(
            el('p', { className: 'error', role: 'alert' }, 'This browser cannot play the file. Download it to open it.')))
        return media
    }

    /** A streamed address, or the whole content where that cannot be: for pictures, and without a service worker. */
    async #address(entry) {
        if (kind(entry.type, entry.name) !== 'image') {
            const streamed = await this.#streams.url(entry)
            if (streamed) {
                this.#left.push(() => this.#streams.revoke(streamed))
                await this.#countChunks(entry)
                return streamed
            }
        }
        if (entry.size > BIGGEST_WHOLE)
            throw new Error('This file is too big to be opened at once, and this window has no service worker that could ' +
                'stream it. Download it, or open the page in a normal window.')
        const reader = await this.#client.open(entry.link)
        try {
            const src = URL.createObjectURL(new Blob([await reader.blob()], { type: entry.type }))
            this.#left.push(() => URL.revokeObjectURL(src))
            return src
        } finally {
            await reader.close()
        }
    }

    /** Says how much of a file was fetched to play what was played. */
    async #countChunks(entry) {
        const before = await this.#client.stats()
        if (!before) return
        const place = $('#viewer-chunks')
        const clock = setInterval(async () => {
            const { get } = await this.#client.stats()
            place.textContent = `${get - before.get} of ${count(chunks(entry.size), 'chunk')} fetched`
        }, COUNT_MS)
        this.#left.push(() => {
            clearInterval(clock)
            place.textContent = ''
        })
    }

    async #text(entry) {
        const reader = await this.#client.open(entry.link)
        this.#left.push(() => reader.close())
        const decoder = new TextDecoder()
        const text = el('pre', { tabIndex: 0, role: 'region', 'aria-label': `Text of ${entry.name}` })
        let offset = 0
        const more = button('Show more', () => next(), { className: 'quiet' })
        const next = async () => {
            const bytes = await reader.read(offset, Math.min(TEXT_BLOCK, entry.size - offset))
            offset += bytes.length
            text.append(decoder.decode(bytes, { stream: offset < entry.size }))
            more.hidden = offset >= entry.size
            more.textContent = `Show more (${size(entry.size - offset)} left)`
        }
        if (entry.size > 0) await next()
        else more.hidden = true
        return el('div', { className: 'text' }, text, more)
    }
}

export const filesAndSize = (files) =>
    `${count(files.length, 'file')}, ${size(files.reduce((sum, { size }) => sum + size, 0))}`
