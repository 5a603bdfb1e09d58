// The dialogs: where files are kept, the list's link, a link to look at, a question.

import { $, el } from './dom.js'
import { reason } from './text.js'

for (const dialog of document.querySelectorAll('dialog')) {
    for (const close of dialog.querySelectorAll('[data-close]')) close.onclick = () => dialog.close()
    // A click beside a dialog closes it, as Escape does.
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
}

/** Asks; fulfilled with true for yes. */
export function ask(title, text, yes) {
    const dialog = $('#confirm')
    $('#confirm-title').textContent = title
    $('#confirm-text').textContent = text
    $('#confirm-yes').textContent = yes
    dialog.returnValue = 'no'
    dialog.showModal()
    return new Promise((done) => dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }))
}

/** Shows a link to be copied by hand, where the clipboard is closed. */
export function showLink(title, meaning, link) {
    $('#link-title').textContent = title
    $('#link-meaning').textContent = meaning
    $('#link-text').value = link
    $('#link').showModal()
    $('#link-text').select()
}

/** Runs what a form asks for; its error stands in the form, and its buttons wait. */
async function submitted(form, place, work) {
    place.textContent = ''
    form.inert = true
    try {
        await work()
    } catch (error) {
        place.textContent = reason(error)
    } finally {
        form.inert = false
    }
}

const URL_OF = {
    browser: () => `file:${$('#store-name-input').value}`,
    memory: () => 'mem:',
    url: () => $('#store-url-input').value.trim(),
}

/** The dialog in which a store is chosen. `open(url)` and `erase(url)` do it or throw. */
export function storeSheet({ current, vault, names, open, erase }) {
    const dialog = $('#store')
    const form = $('#store-form')
    const where = () => form.elements.where.value
    const fields = () => {
        $('#store-name-field').hidden = where() !== 'browser'
        $('#store-url-field').hidden = where() !== 'url'
        $('#store-name-input').required = where() === 'browser'
        $('#store-url-input').required = where() === 'url'
        $('#erase').hidden = where() !== 'browser'
    }
    form.onchange = fields
    form.onsubmit = (event) => {
        event.preventDefault()
        submitted(form, $('#store-error'), async () => {
            await open(URL_OF[where()]())
            dialog.close()
        })
    }
    $('#erase').onclick = () => submitted(form, $('#store-error'), async () => {
        if (await erase(URL_OF.browser())) dialog.close()
    })
    return async (error) => {
        const url = current()
        const name = /^file:([\w.-]+)$/.exec(url)?.[1]
        form.elements.where.value = url === 'mem:' ? 'memory' : name ? 'browser' : 'url'
        if (name) $('#store-name-input').value = name
        $('#store-url-input').value = form.elements.where.value === 'url' ? url : vault()
        $('#store-error').textContent = error ? reason(error) : ''
        fields()
        dialog.showModal()
        $('#store-names').replaceChildren(...(await names()).map((value) => el('option', { value })))
    }
}

/** The dialog about the list: `exportLink()`, `copyLink(link)`, `saveLink(link)`, `open(text, mode)`, `verifyAll()`. */
export function listSheet({ exportLink, copyLink, saveLink, open, verifyAll }) {
    const dialog = $('#list')
    const form = $('#list-form')
    const text = $('#import-link')
    form.onsubmit = (event) => {
        event.preventDefault()
        submitted(form, $('#list-error'), async () => {
            await open(text.value.trim(), form.elements.import.value)
            dialog.close()
        })
    }
    const exported = (use) => () => submitted(form, $('#list-error'), async () => use(exportLink()))
    $('#export-copy').onclick = exported(copyLink)
    $('#export-save').onclick = exported(saveLink)
    $('#import-file').onclick = () => $('#pick-list').click()
    $('#pick-list').onchange = async () => {
        const [file] = $('#pick-list').files
        if (file) text.value = linkIn(await file.slice(0, 1 << 16).text())
        $('#pick-list').value = ''
        text.focus()
    }
    $('#verify-all').onclick = () => {
        dialog.close()
        verifyAll()
    }
    return () => {
        text.value = ''
        $('#list-error').textContent = ''
        dialog.showModal()
    }
}

/** The first line of a saved list that is a link. */
const linkIn = (text) => text.split('\n').map((line) => line.trim()).find((line) => line.startsWith('safe:')) ?? text.trim()
