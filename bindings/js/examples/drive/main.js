// The page: what happens when something is clicked, dropped, typed, or changed by another tab.

import { copy, download, publicLink, verify } from './actions.js'
import { $, button, el, saveBlob } from './dom.js'
import { fromDrop, fromPicker, hasFiles } from './dropped.js'
import { forgetLink, readFile, readList } from './keeper.js'
import { isPrivate, isWithin, NoList } from './list.js'
import { notice, task, UploadsPanel } from './progress.js'
import { Rows } from './rows.js'
import { DEFAULT_URL, nameOf, Session } from './session.js'
import { ask, listSheet, showLink, storeSheet } from './sheets.js'
import { count, reason, size } from './text.js'
import { filesAndSize, Viewer } from './viewer.js'
import { Link, listStores, removeStore } from './libsafe/libsafe.js'

const STORE_KEY = 'libsafe-drive store'
const VAULT_KEY = 'libsafe-drive vault' // elsewhere, that was used last

let session = null
let viewer = null
let folder = ''

const isNewPrivate = () => $('#toolbar input[name=privacy]:checked').value === 'private'

/** Says something to everybody, also to those who do not see it; with a way back, if there is one. */
function say(text, undo) {
    $('#status').replaceChildren(text, ...(undo ? [' ', button('Undo', undo, { className: 'plain' })] : []))
}

const failed = (error) => notice(reason(error), { kind: 'error' })

// --- the list ---

const rows = new Rows({
    go(path) {
        folder = path
        draw()
        $('#path h1').setAttribute('tabindex', '-1')
        $('#path h1').focus()
    },
    open: (entry) => viewer.show(entry),
    actions: (entry) => fileActions(entry),
    folderActions(path) {
        const files = () => session.keeper.list.entries.filter((entry) => isWithin(entry.folder, path))
        return [
            { label: 'Verify', run: () => verifyAll(files()) },
            { label: 'Remove from the list', danger: true, run: () => remove(files()) },
        ]
    },
    thumbnail: (tile, entry) => session.thumbnails.show(tile, entry),
})

function draw() {
    const number = rows.draw(session.keeper.list, folder)
    $('#empty').hidden = number > 0
    if (number === 0) $('#empty').replaceChildren(...emptyState())
    drawSpace()
}

function emptyState() {
    if (folder !== '') return [el('p', {}, 'There is nothing in this folder any more.')]
    return [
        el('h2', {}, 'Drop files here'),
        el('p', {}, 'Or folders, or choose them above. They are encrypted in this page before they are stored, and a private ' +
            'file opens with its link and with nothing else. Who has the same file already can tell that it is here.'),
    ]
}

async function drawSpace() {
    const { used, free } = await session.space().catch(() => ({}))
    $('#space').hidden = used === undefined
    if (used === undefined) return
    $('#space-text').textContent = Number.isFinite(free) ? `${size(used)} used, ${size(free)} free` : `${size(used)} used`
    $('#space-meter').hidden = !Number.isFinite(free)
    $('#space-meter').value = Number.isFinite(free) ? used / (used + free || 1) : 0
}

function fileActions(entry) {
    return [
        { label: 'Open', run: () => viewer.show(entry) },
        { label: 'Download', run: () => download(session.client, session.streams, entry).catch(failed) },
        { label: 'Verify', run: () => verifyAll([entry]) },
        ...(isPrivate(entry) ? [{ label: 'Copy private link', run: () => copyPrivate(entry) }] : []),
        { label: 'Copy public link', run: () => copyPublic(entry) },
        { label: 'Remove from the list', danger: true, run: () => remove([entry]) },
    ]
}

async function remove(entries) {
    const ids = entries.map(({ id }) => id)
    try {
        await session.keeper.change({ remove: ids })
        const what = entries.length === 1 ? entries[0].name : count(entries.length, 'file')
        say(`${what} removed from the list.`, () => session.keeper.change({ add: entries }).then(() => say(`${what} is back.`), failed))
    } catch (error) {
        failed(error)
    }
}

// --- links ---

const PRIVATE = 'Whoever has this link can read the file, and nobody without it. Keep it as you would keep a key.'
const PUBLIC = 'Everybody who learns this link can read the file, as long as the store keeps it.'

async function hand(title, meaning, link) {
    if (await copy(link)) say(`${title} copied. ${meaning}`)
    else showLink(title, meaning, link)
}

const copyPrivate = (entry) => hand('Private link', PRIVATE, entry.link)

async function copyPublic(entry) {
    if (isPrivate(entry)) {
        const yes = await ask(`A public link to ${entry.name}`, 'The file becomes readable for everybody who learns the ' +
            'link, and for those who run the store. That cannot be taken back.', 'Make a public link')
        if (!yes) return
    }
    try {
        await hand('Public link', PUBLIC, await publicLink(session.client, entry))
    } catch (error) {
        failed(error)
    }
}

// --- verify ---

async function verifyAll(entries) {
    const all = entries.reduce((sum, entry) => sum + entry.size, 0)
    const what = entries.length === 1 ? entries[0].name : count(entries.length, 'file')
    await task(`Reading ${what} back…`, all, async ({ signal, onProgress }) => {
        const damaged = []
        let before = 0
        for (const entry of entries) {
            signal.throwIfAborted()
            try {
                await verify(session.client, entry, { signal, onProgress: (done) => onProgress(before + done) })
            } catch (error) {
                signal.throwIfAborted()
                damaged.push(`${entry.name}: ${reason(error)}`)
            }
            before += entry.size
        }
        for (const each of damaged) notice(each, { kind: 'error' })
        if (damaged.length > 0) return damaged.length === entries.length ? null : `${count(entries.length - damaged.length, 'file')} verified.`
        return `${what}: ${size(all)} read back, and every byte is what was stored.`
    })
}

// --- putting files in ---

function put(files) {
    if (files.length === 0) return
    session.uploads.add(files, isNewPrivate())
    say(`Storing ${filesAndSize(files.map(({ file }) => file))}.`)
    // Asked once there is something to keep; browsers decide by themselves.
    navigator.storage?.persist?.().catch(() => {})
}

for (const [opener, input] of [['#add-files', '#pick-files'], ['#add-folder', '#pick-folder']]) {
    $(opener).onclick = () => $(input).click()
    $(input).onchange = () => {
        put(fromPicker($(input), folder))
        $(input).value = ''
    }
}

let dragDepth = 0

function dragging(on) {
    dragDepth = on ? dragDepth : 0
    $('#drop').hidden = !on
    if (on) $('#drop-text').textContent = `Drop to store ${isNewPrivate() ? 'privately' : 'publicly'}` +
        (folder === '' ? '' : ` in ${folder}`)
}

addEventListener('dragenter', (event) => {
    if (!hasFiles(event) || !session) return
    event.preventDefault()
    dragDepth++
    dragging(true)
})
addEventListener('dragleave', (event) => {
    if (hasFiles(event) && --dragDepth <= 0) dragging(false)
})
addEventListener('dragover', (event) => {
    if (!hasFiles(event) || !session) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
})
addEventListener('drop', (event) => {
    if (!hasFiles(event) || !session) return
    event.preventDefault()
    dragging(false)
    fromDrop(event.dataTransfer, folder).then(put, failed)
})

// --- the store ---

async function use(url) {
    const next = await Session.open(url)
    viewer?.close()
    await session?.close()
    session = next
    folder = ''
    viewer = new Viewer(next.client, next.streams, (entry) => fileActions(entry).slice(1).map(({ label, run, danger }) =>
        button(label, () => {
            if (danger) viewer.close()
            run()
        }, { className: danger ? 'danger plain' : 'plain' })))
    new UploadsPanel(next.uploads, say)
    next.keeper.addEventListener('change', draw)
    localStorage.setItem(STORE_KEY, url)
    if (!/^(file|mem):/.test(url)) localStorage.setItem(VAULT_KEY, url)
    $('#unreached').hidden = true
    next.watch((connected) => session === next && ($('#unreached').hidden = connected)).catch(() => {})
    $('#store-name').textContent = nameOf(url)
    try {
        await next.keeper.load()
        await tellUnfinished(next)
    } catch (error) {
        unreadable(error)
    }
    draw()
    document.body.classList.add('open')
}

async function tellUnfinished({ unfinished }) {
    const names = (await unfinished?.leftBehind()) ?? []
    if (names.length === 0) return
    const some = names.slice(0, 3).join(', ')
    notice(`${count(names.length, 'file')} did not get finished when a tab was closed: ${some}${names.length > 3 ? ', …' : ''}. ` +
        'Add them again; what is stored already is not stored twice.')
}

function unreadable(error) {
    notice(`The list of this store cannot be read. ${reason(error)}`, {
        kind: 'error',
        actions: [
            { label: 'Try again', run: () => session.keeper.load().then(draw, unreadable) },
            {
                label: 'Begin a new list…', run: async () => {
                    const yes = await ask('Begin a new list?', 'The link of the list that cannot be read is saved to a file ' +
                        'first. The files in the store stay as they are.', 'Save and begin')
                    if (!yes) return unreadable(error)
                    saveList(session.keeper.link)
                    session.keeper.replace(null).catch(failed)
                },
            },
        ],
    })
}

const showStore = storeSheet({
    current: () => session?.url ?? localStorage.getItem(STORE_KEY) ?? DEFAULT_URL,
    vault: () => localStorage.getItem(VAULT_KEY) ?? '',
    names: () => listStores().catch(() => []),
    open: use,
    async erase(url) {
        const name = url.slice('file:'.length)
        const yes = await ask(`Erase the store ${name}?`, 'Everything in it is gone for good, in this browser and for all ' +
            'links to it.', 'Erase')
        if (!yes) return false
        const open = session?.url === url
        if (open) {
            await session.close()
            session = null
        }
        await removeStore(url)
        await forgetLink(url)
        if (open) await use(url)
        say(`The store ${name} was erased.`)
        return true
    },
})
$('#store-button').onclick = () => showStore()

// --- the list's link ---

function saveList(link) {
    const text = `# The list of a drive (${location.origin}${location.pathname}), vault ${session.url}, ${new Date().toISOString()}\n` +
        `# Whoever has this link can read every file in the list.\n${link}\n`
    saveBlob(new Blob([text], { type: 'text/plain' }), 'drive-list.txt')
}

/** What a link adds: the files of a list, or the one file that it is of. */
async function entriesOf(link) {
    const { name } = await Link.parse(link)
    if (name === undefined) {
        try {
            return (await readList(session.client, link)).entries
        } catch (error) {
            if (!(error instanceof NoList)) throw error
        }
    }
    return [await readFile(session.client, link, folder)]
}

const showList = listSheet({
    exportLink() {
        const { link } = session.keeper
        if (link === null) throw new Error('The list is empty: there is nothing to export yet.')
        return link
    },
    copyLink: (link) => hand('The list’s link', 'Whoever has it can read every file in the list.', link),
    saveLink: saveList,
    async open(link, mode) {
        if (!link) throw new Error('Paste the link of a list first.')
        if (mode === 'replace') await session.keeper.replace(link)
        else await session.keeper.change({ add: await entriesOf(link) })
        folder = ''
        draw()
        say(`The list has ${count(session.keeper.list.entries.length, 'file')} now.`)
    },
    verifyAll: () => verifyAll(session.keeper.list.entries),
})
$('#list-button').onclick = () => showList()

// --- the world around ---

const online = () => ($('#offline').hidden = navigator.onLine)
addEventListener('online', online)
addEventListener('offline', online)
online()

addEventListener('beforeunload', (event) => {
    const lost = session && (session.uploads.active || (!session.kept.lasts && session.keeper.list.entries.length > 0))
    if (lost) event.preventDefault()
})

const wanted = localStorage.getItem(STORE_KEY) ?? DEFAULT_URL
use(wanted).catch((error) => {
    $('#store-name').textContent = 'Not open'
    notice(`The store ${nameOf(wanted)} does not open. ${reason(error)}`, {
        kind: 'error',
        actions: [{ label: 'Choose another…', run: () => showStore() }, { label: 'Try again', run: () => location.reload() }],
    })
})
