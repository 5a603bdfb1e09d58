// The list on the screen: the path, the folders and files of one folder, and the menu of each.

import { $, button, el } from './dom.js'
import { inside, isPrivate } from './list.js'
import { count, day, size, suffix } from './text.js'

const facts = (...texts) => el('span', { className: 'facts' }, ...texts.map((text) => el('span', { className: 'meta' }, text)))

export class Rows {
    #show
    #rows = $('#rows')
    #menu = $('#menu')
    #opener = null
    #actions = new WeakMap()

    /**
     * `show` has what rows do: `go(folder)`, `open(entry)`, `actions(entry)` and `folderActions(folder)`, which are lists
     * of `{ label, run, danger }` with the way to remove it last, and `thumbnail(tile, entry)`.
     */
    constructor(show) {
        this.#show = show
        this.#rows.onkeydown = (event) => this.#key(event)
        this.#menu.onkeydown = (event) => this.#menuKey(event)
        this.#menu.onfocusout = (event) => {
            if (event.relatedTarget && !this.#menu.contains(event.relatedTarget)) this.#menu.hidePopover()
        }
    }

    /** Draws a folder of the list; the focus stays on the row that had it. */
    draw(list, folder) {
        const { folders, files } = inside(list, folder)
        const focused = document.activeElement?.closest?.('#rows .row')?.dataset.key
        this.#path(folder)
        this.#rows.replaceChildren(...folders.map((each) => this.#folder(each)), ...files.map((each) => this.#file(each)))
        if (focused !== undefined) this.#focus(focused)
        const bytes = [...folders, ...files].reduce((sum, each) => sum + each.size, 0)
        const number = folders.reduce((sum, each) => sum + each.files, files.length)
        $('#summary').textContent = number === 0 ? '' : `${count(number, 'file')}, ${size(bytes)}`
        return number
    }

    /** Keeps the focus in the list when a row has gone. */
    #focus(key) {
        const row = [...this.#rows.children].find((each) => each.dataset.key === key) ?? this.#rows.lastElementChild
        const target = row ? $('.name', row) : $('#add-files')
        target.focus()
    }

    #path(folder) {
        const parts = folder === '' ? [] : folder.split('/')
        const steps = ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))]
        $('#path').replaceChildren(...steps.map((path, index) => {
            const name = index === 0 ? 'Files' : parts[index - 1]
            const last = index === steps.length - 1
            return el('li', {}, last
                ? el('h1', {}, name)
                : button(name, () => this.#show.go(path), { className: 'plain' }))
        }))
    }

    #folder(folder) {
        const row = el('li', { className: 'row folder' },
            el('span', { className: 'tile', 'aria-hidden': 'true' }),
            button(folder.name, () => this.#show.go(folder.path), { className: 'name' }),
            facts(size(folder.size), count(folder.files, 'file')),
            this.#more(folder.name, () => this.#show.folderActions(folder.path)),
        )
        row.dataset.key = `folder ${folder.path}`
        this.#actions.set(row, () => this.#show.folderActions(folder.path))
        return row
    }

    #file(entry) {
        const tile = el('span', { className: 'tile', 'aria-hidden': 'true' }, suffix(entry.name))
        const row = el('li', { className: 'row' }, tile,
            button(entry.name, () => this.#show.open(entry), { className: 'name' }),
            facts(size(entry.size), day(entry.added), isPrivate(entry) ? 'private' : 'public'),
            this.#more(entry.name, () => this.#show.actions(entry)),
        )
        row.dataset.key = entry.id
        this.#actions.set(row, () => this.#show.actions(entry))
        this.#show.thumbnail(tile, entry)
        return row
    }

    #more(name, actions) {
        const more = button('⋯', () => this.#openMenu(more, actions()), {
            className: 'more plain', 'aria-haspopup': 'menu', 'aria-label': `More for ${name}`,
        })
        return more
    }

    #openMenu(opener, actions) {
        this.#opener = opener
        this.#menu.replaceChildren(...actions.map(({ label, run, danger }) => button(label, () => {
            this.#menu.hidePopover()
            opener.focus()
            run()
        }, { role: 'menuitem', className: danger ? 'danger plain' : 'plain' })))
        this.#menu.setAttribute('aria-label', opener.getAttribute('aria-label'))
        this.#menu.showPopover()
        const { right, top, bottom } = opener.getBoundingClientRect()
        const { offsetWidth: width, offsetHeight: height } = this.#menu
        this.#menu.style.left = `${Math.max(8, right - width)}px`
        this.#menu.style.top = `${bottom + height > innerHeight ? Math.max(8, top - height) : bottom}px`
        this.#menu.firstElementChild.focus()
    }

    // In a menu the arrows move, as in those of the desktop.
    #menuKey(event) {
        const items = [...this.#menu.children]
        const at = items.indexOf(document.activeElement)
        const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key]
        if (to !== undefined) items[to % items.length].focus()
        else if (event.key === 'Escape') this.#opener.focus()
        else if (event.key === 'Tab') this.#menu.hidePopover()
        if (to !== undefined) event.preventDefault()
    }

    // Arrows move from row to row; Delete takes the file out of the list.
    #key(event) {
        const row = event.target.closest('.row')
        if (!row) return
        const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling,
            Home: this.#rows.firstElementChild, End: this.#rows.lastElementChild }[event.key]
        if (next) $('.name', next).focus()
        else if (event.key === 'Delete' && event.target.classList.contains('name')) this.#actions.get(row)().at(-1).run()
        else return
        event.preventDefault()
    }
}
