// What is under way, on the screen: files being stored, and other work such as verifying.

import { $, button, el } from './dom.js'
import { count, reason, size } from './text.js'

const MOST_SHOWN = 60
const ORDER = { storing: 0, listing: 0, failed: 1, waiting: 2, cancelled: 3, stored: 4 }
const SAID = { waiting: 'waiting', listing: 'writing the list', stored: 'stored', cancelled: 'cancelled' }

/** The panel of an `Uploads`; draws at most once per frame. */
export class UploadsPanel {
    #uploads
    #panel = $('#uploads')
    #drawn = false
    #lines = new Map()
    #bar
    #head
    #list
    #button
    #say
    #wasActive = false

    /** `say` tells when all have ended. */
    constructor(uploads, say) {
        this.#uploads = uploads
        this.#say = say
        this.#bar = el('progress', { max: 1, 'aria-label': 'All files' })
        this.#head = el('p', { className: 'head' })
        this.#list = el('ul')
        this.#button = button('', () => (uploads.active ? uploads.cancelAll() : uploads.clear()), { className: 'plain' })
        this.#panel.replaceChildren(el('div', { className: 'all' }, this.#head, this.#button), this.#bar, this.#list)
        uploads.addEventListener('change', () => this.#soon())
        this.#draw()
    }

    #soon() {
        if (this.#drawn) return
        this.#drawn = true
        // Not only animation frames: a tab in the background has none, and is looked at again later.
        const draw = () => this.#drawn && ((this.#drawn = false), this.#draw())
        requestAnimationFrame(draw)
        setTimeout(draw, 250)
    }

    #draw() {
        const { items, active, total } = this.#uploads
        this.#panel.hidden = items.length === 0
        this.#panel.classList.toggle('active', active)
        this.#bar.value = total.size > 0 ? total.done / total.size : Number(!active)
        this.#bar.hidden = !active
        this.#head.textContent = headline(active, total)
        this.#button.textContent = active ? 'Cancel all' : 'Dismiss'
        if (this.#wasActive && !active) this.#say(`${headline(active, total)}.`)
        this.#wasActive = active
        const shown = active || total.failed > 0
            ? items.filter(({ state }) => active || state === 'failed')
                .sort((a, b) => ORDER[a.state] - ORDER[b.state]).slice(0, MOST_SHOWN)
            : []
        for (const id of this.#lines.keys()) if (!shown.some((item) => item.id === id)) this.#lines.delete(id)
        const lines = shown.map((item) => this.#line(item))
        // Lines that stay are not moved: moving takes the focus from their buttons.
        if (lines.length !== this.#list.children.length || lines.some((line, at) => line !== this.#list.children[at]))
            this.#list.replaceChildren(...lines)
    }

    #line(item) {
        if (!this.#lines.has(item.id)) {
            const bar = el('progress', { max: item.size || 1, 'aria-label': item.name })
            const note = el('span', { className: 'meta' })
            const stop = button('Cancel', () => this.#uploads.cancel(item), {
                className: 'plain', 'aria-label': `Cancel ${item.name}`,
            })
            const again = button('Try again', () => this.#uploads.retry(item), {
                className: 'plain', 'aria-label': `Try ${item.name} again`,
            })
            const line = el('li', {}, el('span', { className: 'name' }, item.name), note, stop, again, bar)
            this.#lines.set(item.id, { line, bar, note, stop, again })
        }
        const { line, bar, note, stop, again } = this.#lines.get(item.id)
        line.className = item.state
        bar.hidden = item.state !== 'storing'
        bar.value = item.done
        stop.hidden = !['waiting', 'storing'].includes(item.state)
        again.hidden = item.state !== 'failed'
        note.textContent = item.state === 'failed' ? item.message
            : SAID[item.state] ?? `${size(item.done)} of ${size(item.size)}`
        return line
    }
}

function headline(active, { files, stored, failed, size: all, done }) {
    if (active) return `Storing ${Math.min(stored + failed + 1, files)} of ${count(files, 'file')} · ${size(done)} of ${size(all)}`
    if (failed > 0) return `${count(failed, 'file')} could not be stored; ${count(stored, 'file')} stored`
    return files === 0 ? 'Cancelled' : `${count(files, 'file')} stored, ${size(all)}`
}

/** A line above the list. `kind`: error, good, or nothing; stays until it is dismissed. */
export function notice(text, { kind = '', actions = [] } = {}) {
    const line = el('div', { className: `notice ${kind}`, role: kind === 'error' ? 'alert' : 'status' }, el('p', {}, text))
    const dismiss = () => line.remove()
    const buttons = actions.map(({ label, run }) => button(label, () => {
        dismiss()
        run()
    }, { className: 'plain' }))
    line.append(...buttons, button('Dismiss', dismiss, { className: 'plain' }))
    $('#notices').append(line)
    return dismiss
}

/** Runs work that takes a while behind a line with its progress and a way to stop it. Says at the end how it went. */
export async function task(title, total, work) {
    const stop = new AbortController()
    const bar = el('progress', { max: total || 1, value: 0, 'aria-label': title })
    const line = el('div', { className: 'notice', role: 'group', 'aria-label': title }, el('p', {}, title),
        button('Cancel', () => stop.abort(), { className: 'plain' }), bar)
    $('#notices').append(line)
    try {
        const said = await work({ signal: stop.signal, onProgress: (done) => (bar.value = done) })
        if (said) notice(said, { kind: 'good' })
    } catch (error) {
        if (!stop.signal.aborted) notice(reason(error), { kind: 'error' })
    } finally {
        line.remove()
    }
}
