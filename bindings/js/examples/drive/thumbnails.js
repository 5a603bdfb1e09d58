// Small pictures of images, made from content that was read back: what one sees has been through the store.

import { kind } from './text.js'

const EDGE = 96
const BIGGEST = 64 << 20

/** Shows pictures in rows as they come into view, one at a time. */
export class Thumbnails {
    #client
    #made = new Map()
    #wanted = new Map()
    #busy = false
    #seen = new IntersectionObserver((changes) => {
        for (const { target, isIntersecting } of changes) if (isIntersecting) this.#want(target)
    }, { rootMargin: '200px' })

    constructor(client) {
        this.#client = client
    }

    /** Puts the picture of a file into its tile, now or when it comes into view. */
    show(tile, entry) {
        if (kind(entry.type, entry.name) !== 'image' || entry.size > BIGGEST) return
        const made = this.#made.get(entry.id)
        if (made) return place(tile, made)
        this.#wanted.set(tile, entry)
        this.#seen.observe(tile)
    }

    close() {
        this.#seen.disconnect()
        for (const url of this.#made.values()) URL.revokeObjectURL(url)
    }

    #want(tile) {
        this.#seen.unobserve(tile)
        this.#queue.push(tile)
        this.#work()
    }
    #queue = []

    async #work() {
        if (this.#busy) return
        this.#busy = true
        while (this.#queue.length > 0) {
            const tile = this.#queue.shift()
            const entry = this.#wanted.get(tile)
            this.#wanted.delete(tile)
            if (!tile.isConnected) continue
            try {
                if (!this.#made.has(entry.id)) this.#made.set(entry.id, await this.#make(entry))
                place(tile, this.#made.get(entry.id))
            } catch {
                // No picture: the tile keeps its letters. Opening the file says what is wrong with it.
            }
        }
        this.#busy = false
    }

    async #make(entry) {
        const reader = await this.#client.open(entry.link)
        try {
            const blob = new Blob([await reader.blob()], { type: entry.type })
            const small = await drawn(blob)
            return URL.createObjectURL(small)
        } finally {
            await reader.close()
        }
    }
}

function place(tile, url) {
    const image = new Image()
    image.alt = ''
    image.src = url
    tile.replaceChildren(image)
}

/** The middle square of a picture, small. */
async function drawn(blob) {
    const image = new Image()
    image.src = URL.createObjectURL(blob)
    try {
        await image.decode()
        const edge = Math.min(image.naturalWidth, image.naturalHeight)
        if (edge === 0) return blob
        const canvas = new OffscreenCanvas(EDGE, EDGE)
        const left = (image.naturalWidth - edge) / 2
        const top = (image.naturalHeight - edge) / 2
        const context = canvas.getContext('2d')
        context.imageSmoothingQuality = 'high'
        context.drawImage(image, left, top, edge, edge, 0, 0, EDGE, EDGE)
        return await canvas.convertToBlob({ type: 'image/webp' })
    } finally {
        URL.revokeObjectURL(image.src)
    }
}
