// The drive on a vault elsewhere: two tabs, another browser and the safe tool share files over a daemon.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Daemon, safe } from '../net/daemon.mjs'
import { choose, context, drive, file, findings, names, opened, put, row, stage, within } from './pages.mjs'

let folder
let daemon
before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'safe-served-'))
    daemon = await Daemon.start(`file:${folder}/vault`)
})
after(async () => {
    await daemon?.stop()
    await rm(folder, { recursive: true, force: true })
})

const tool = (args, input) => safe([...args, '--vault', daemon.url('tcp')], input)

/** A tab whose store is the vault of the daemon, by the dialog. */
async function tab(made) {
    const page = await drive(made)
    await page.click('#store-button')
    await page.getByText('In a vault elsewhere').click()
    await page.fill('#store-url-input', daemon.url('ws'))
    assert.deepEqual(await findings(page), [])
    await page.locator('#store').getByRole('button', { name: 'Open', exact: true }).click()
    await page.waitForFunction(() => document.querySelector('#store-name').textContent.startsWith('ws:'))
    await opened(page)
    return page
}

async function importLink(page, link) {
    await page.click('#list-button')
    await page.fill('#import-link', link)
    await page.locator('#list').getByRole('button', { name: 'Open the list' }).click()
    await page.waitForFunction(() => !document.querySelector('#list').open)
}

const copied = (page) => page.evaluate(() => navigator.clipboard.readText())

test('two tabs, another browser and the tool share files', () => within({ permissions: ['clipboard-read', 'clipboard-write'] }, async (made) => {
    const text = 'Shared by the network.\n'.repeat(100_000)
    const first = await tab(made)
    await put(first, [await file('shared.txt', text)])

    const second = await drive(made) // the page remembers the vault
    await row(second, 'shared.txt').waitFor()
    await put(second, [await file('other.txt', 'of the second tab')])
    await row(first, 'other.txt').waitFor()
    assert.deepEqual((await names(first)).sort(), ['other.txt', 'shared.txt'])

    await choose(first, 'shared.txt', 'Copy private link')
    await first.waitForFunction(() => document.querySelector('#status').textContent.includes('copied'))
    assert.equal(String(await tool(['get', await copied(first)])), text)

    const theirs = String(await tool(['put', '--private', await file('tool.txt', 'of the tool')])).trim().split(/\s/)[0]
    await importLink(first, theirs)
    await row(second, 'tool.txt').waitFor()
    await second.getByRole('button', { name: 'tool.txt', exact: true }).click()
    await second.waitForFunction(() => document.querySelector('#viewer pre')?.textContent === 'of the tool')
    await second.keyboard.press('Escape')

    await first.click('#list-button')
    await first.click('#export-copy')
    await first.waitForFunction(() => document.querySelector('#status').textContent.includes('list’s link copied'))
    const elsewhere = await context()
    const third = await tab(elsewhere)
    await importLink(third, await copied(first))
    await row(third, 'shared.txt').waitFor()
    assert.deepEqual((await names(third)).sort(), ['other.txt', 'shared.txt', 'tool.txt'])
    await choose(third, 'shared.txt', 'Verify')
    await third.getByText('every byte is what was stored').waitFor()
    assert.deepEqual(elsewhere.complaints, [])
    await elsewhere.close()

    assert.deepEqual(await findings(first), [])
}))

test('a vault that is gone for a while is said, and found again', () => within({}, async (made) => {
    const page = await tab(made)
    await daemon.kill()
    await page.locator('#unreached').waitFor()
    await daemon.begin()
    await page.locator('#unreached').waitFor({ state: 'hidden' })
    await put(page, [await file('after.txt', 'after it came back')])
    const refused = made.complaints.splice(0) // the browser says each attempt that fails
    assert.ok(refused.every((text) => /WebSocket/.test(text)), refused.join('\n'))
}))

test('what is behind the # leaves the page in no request', () => within({}, async (made) => {
    const key = daemon.url('ws').split('#')[1]
    const asked = []
    made.on('request', (request) => asked.push(request.url() + (request.postData() ?? '')))
    made.on('page', (page) => page.on('websocket', (socket) => asked.push(socket.url())))
    const page = await tab(made)
    await page.reload()
    await opened(page)
    assert.ok(asked.length > 0 && !asked.some((text) => text.includes(key)))
}))
