// The drive's main job: files go in, stay, come back the same, and leave. Also what happens when a tab does not.

import assert from 'node:assert/strict'
import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { choose, drive, file, idle, longFile, names, opened, put, row, stage, within } from './pages.mjs'

const text = 'A line of text that comes back.\n'.repeat(400)
const noise = (size, seed = 1) => {
    const bytes = new Uint32Array(Math.ceil(size / 4))
    let state = seed
    for (let at = 0; at < bytes.length; at++) bytes[at] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return new Uint8Array(bytes.buffer, 0, size)
}

/** Drops paths on the page as a desktop does, folders included. */
async function drop(page, paths) {
    const devtools = await page.context().newCDPSession(page)
    const data = { items: [], files: paths, dragOperationsMask: 1 }
    for (const type of ['dragEnter', 'dragOver', 'drop']) await devtools.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
}

async function downloaded(page, name) {
    const [download] = await Promise.all([page.waitForEvent('download'), choose(page, name, 'Download')])
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

test('a file that is dropped is stored, stays after a reload, opens, and comes back the same', () => within({}, async (context) => {
    const path = await file('letter.txt', text)
    const page = await drive(context)
    assert.equal(await page.locator('#empty').isVisible(), true)
    await drop(page, [path])
    await row(page, 'letter.txt').waitFor()
    await idle(page)
    await page.reload()
    await opened(page)
    assert.deepEqual(await names(page), ['letter.txt'])
    await page.getByRole('button', { name: 'letter.txt', exact: true }).click()
    assert.equal(await page.locator('#viewer pre').textContent(), text)
    await page.keyboard.press('Escape')
    const back = await downloaded(page, 'letter.txt')
    assert.equal(back.name, 'letter.txt')
    assert.equal(back.bytes.toString(), text)
}))

test('a folder that is dropped keeps its folders', () => within({}, async (context) => {
    const top = join(stage.folder, 'trip')
    await mkdir(join(top, 'day one'), { recursive: true })
    await writeFile(join(top, 'plan.txt'), 'plan')
    await writeFile(join(top, 'day one', 'notes.txt'), 'notes')
    const page = await drive(context)
    await drop(page, [top])
    await row(page, 'trip').filter({ hasText: '2 files' }).waitFor()
    await idle(page)
    assert.deepEqual(await names(page), ['trip'])
    await page.getByRole('button', { name: 'trip', exact: true }).click()
    assert.deepEqual(await names(page), ['day one', 'plan.txt'])
    await page.getByRole('button', { name: 'day one', exact: true }).click()
    assert.deepEqual(await names(page), ['notes.txt'])
    await page.locator('#path button').first().click()
    assert.deepEqual(await names(page), ['trip'])
}))

test('a picture is shown small, from what was read back', () => within({}, async (context) => {
    const page = await drive(context)
    const bytes = await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(300, 200)
        const drawing = canvas.getContext('2d')
        drawing.fillStyle = '#ff0000'
        drawing.fillRect(0, 0, 300, 200)
        return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())]
    })
    await put(page, await file('red.png', Uint8Array.from(bytes)))
    const picture = row(page, 'red.png').locator('.tile img')
    await picture.waitFor()
    const colour = await picture.evaluate(async (image) => {
        await image.decode()
        const canvas = new OffscreenCanvas(1, 1)
        const drawing = canvas.getContext('2d')
        drawing.drawImage(image, 0, 0, 1, 1)
        return [...drawing.getImageData(0, 0, 1, 1).data]
    })
    assert.ok(colour[0] > 240 && colour[1] < 15, `the thumbnail is ${colour}`)
}))

test('verify reads everything back and says so', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, [await file('one.bin', noise(300_000)), await file('two.bin', noise(200_000, 7))])
    await choose(page, 'one.bin', 'Verify')
    await page.getByText('one.bin: 300 kB read back, and every byte is what was stored.').waitFor()
    await page.getByRole('button', { name: 'Export, import…' }).click()
    await page.getByRole('button', { name: 'Verify all files' }).click()
    await page.getByText('2 files: 500 kB read back, and every byte is what was stored.').waitFor()
}))

test('a file whose content the store does not have is told of, by name, and the others are verified', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, await file('here.txt', 'here'))
    const link = await page.evaluate(async () => {
        const { connect } = await import('./libsafe/libsafe.js')
        const elsewhere = await connect('mem:')
        const content = new Uint8Array(100_000).map((_, at) => at * at >> 3)
        const { link } = await elsewhere.put(content, { private: true })
        const list = { version: 1, entries: [{ id: 'x', name: 'gone.bin', folder: '', link: link.text, size: content.length, type: '', added: '' }] }
        const here = await connect('file:drive')
        const stored = await here.put(new TextEncoder().encode(JSON.stringify(list)), { private: true })
        await elsewhere.close()
        await here.close()
        return stored.link.text
    })
    await page.getByRole('button', { name: 'Export, import…' }).click()
    await page.getByLabel('Open a list').fill(link)
    await page.getByRole('button', { name: 'Open the list' }).click()
    await row(page, 'gone.bin').waitFor()
    await page.getByRole('button', { name: 'Export, import…' }).click()
    await page.getByRole('button', { name: 'Verify all files' }).click()
    await page.getByRole('alert').filter({ hasText: 'gone.bin: ' }).waitFor()
    await page.getByText('1 file verified.').waitFor()
}))

test('a file leaves the list, and comes back when that was a mistake', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, [await file('a.txt', 'a'), await file('b.txt', 'b')])
    await choose(page, 'a.txt', 'Remove from the list')
    await page.getByText('a.txt removed from the list.').waitFor()
    await page.reload()
    await opened(page)
    assert.deepEqual(await names(page), ['b.txt'])
    await choose(page, 'b.txt', 'Remove from the list')
    await page.getByRole('button', { name: 'Undo' }).click()
    await row(page, 'b.txt').waitFor()
}))

test('links are private or public, and are copied with what they mean', () => within(
    { permissions: ['clipboard-read', 'clipboard-write'] }, async (context) => {
        const page = await drive(context)
        await put(page, await file('secret.txt', 'secret'))
        await choose(page, 'secret.txt', 'Copy private link')
        await page.getByText('Private link copied.').waitFor()
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^safe:private-/)
        await choose(page, 'secret.txt', 'Copy public link')
        await page.getByRole('button', { name: 'Make a public link' }).click()
        await page.getByText('Public link copied.').waitFor()
        assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^safe:public-/)
        await page.getByLabel('Public', { exact: true }).check()
        await put(page, await file('open.txt', 'open'))
        assert.match(await row(page, 'open.txt').textContent(), /public/)
    }))

test('the list is exported and opened again after the browser forgot it', () => within(
    { permissions: ['clipboard-read', 'clipboard-write'] }, async (context) => {
        const page = await drive(context)
        await put(page, [await file('a.txt', 'a'), await file('b.txt', 'b')])
        await page.getByRole('button', { name: 'Export, import…' }).click()
        await page.getByRole('button', { name: 'Copy the link' }).click()
        await page.getByText('The list’s link copied.').waitFor({ state: 'attached' })
        const link = await page.evaluate(() => navigator.clipboard.readText())
        const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save it to a file' }).click()])
        const savedPath = await saved.path()
        await page.evaluate(() => new Promise((done) => (indexedDB.deleteDatabase('libsafe-drive').onsuccess = done)))
        await page.reload()
        await opened(page)
        assert.deepEqual(await names(page), [])

        await put(page, await file('c.txt', 'c'))
        await page.getByRole('button', { name: 'Export, import…' }).click()
        await page.getByLabel('Open a list').fill(link)
        await page.getByRole('button', { name: 'Open the list' }).click()
        await row(page, 'a.txt').waitFor()
        assert.deepEqual(await names(page), ['a.txt', 'b.txt', 'c.txt'])

        await page.getByRole('button', { name: 'Export, import…' }).click()
        await page.setInputFiles('#pick-list', savedPath)
        await page.waitForFunction(() => document.querySelector('#import-link').value !== '') // the page reads the file first
        await page.getByLabel('Use it instead of this list').check()
        await page.getByRole('button', { name: 'Open the list' }).click()
        await row(page, 'c.txt').waitFor({ state: 'detached' })
        assert.deepEqual(await names(page), ['a.txt', 'b.txt'])
    }))

test('a link that is no list is refused, and the list stays', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, await file('a.txt', 'a'))
    await page.getByRole('button', { name: 'Export, import…' }).click()
    await page.getByLabel('Open a list').fill('safe:private-nonsense')
    await page.getByRole('button', { name: 'Open the list' }).click()
    await page.locator('#list-error').filter({ hasText: /link/ }).waitFor()
    await page.keyboard.press('Escape')
    assert.deepEqual(await names(page), ['a.txt'])
}))

test('two tabs that store at once lose nothing, and see each other’s files', () => within({}, async (context) => {
    const tabs = [await drive(context), await drive(context)]
    const paths = await Promise.all([0, 1].map((tab) => Promise.all(
        [0, 1, 2, 3].map((each) => file(`tab ${tab} file ${each}.txt`, `${tab} ${each}`)))))
    await Promise.all(tabs.map((page, tab) => page.setInputFiles('#pick-files', paths[tab])))
    for (const page of tabs) {
        await page.waitForFunction(() => document.querySelectorAll('#rows .row').length === 8)
        await idle(page)
    }
    await tabs[0].reload()
    await opened(tabs[0])
    assert.equal((await names(tabs[0])).length, 8)
}))

test('a file is cancelled on its way; the others are stored', () => within({}, async (context) => {
    const page = await drive(context)
    await page.setInputFiles('#pick-files', [await longFile('big.bin'), await file('small.txt', 'small')])
    await page.getByRole('button', { name: 'Cancel big.bin' }).click()
    await row(page, 'small.txt').waitFor()
    await idle(page)
    assert.deepEqual(await names(page), ['small.txt'])
}))

test('a tab that is killed while it stores loses nothing that was stored, and the next one says what is missing', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, await file('kept.txt', text))
    const path = await longFile('cut off.bin', noise(64 << 20, 3))
    await page.setInputFiles('#pick-files', path)
    await page.waitForFunction(() => document.querySelector('#uploads li progress')?.value > 0)
    const gone = page.waitForEvent('crash')
    const devtools = await context.newCDPSession(page)
    devtools.send('Page.crash').catch(() => {})
    await gone
    const next = await drive(context)
    assert.deepEqual(await names(next), ['kept.txt'])
    await next.getByText('1 file did not get finished when a tab was closed: cut off.bin.').waitFor()
    await truncate(path, 64 << 20) // as much as is soon verified; some of it is in the store
    await put(next, path)
    await choose(next, 'cut off.bin', 'Verify')
    await next.getByText('cut off.bin: 67 MB read back').waitFor()
    assert.equal((await downloaded(next, 'kept.txt')).bytes.toString(), text)
}))

test('memory is a store as well, and says that it does not last', () => within({}, async (context) => {
    const page = await drive(context)
    await page.getByRole('button', { name: 'In this browser: drive' }).click()
    await page.getByLabel('In memory').check()
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.getByRole('button', { name: 'In memory' }).waitFor()
    await put(page, await file('short.txt', 'short'))
    assert.equal((await downloaded(page, 'short.txt')).bytes.toString(), 'short')
    const kept = await page.evaluate(async () => (await import('./memo.js')).recall('libsafe-drive list mem:'))
    assert.equal(kept, null)
}))

test('a store that does not open says why, and the one that is open stays', () => within({}, async (context) => {
    const page = await drive(context)
    await page.locator('#store-button').click()
    await page.getByLabel('In a vault elsewhere').check()
    await page.getByRole('textbox', { name: 'Connection URL' }).fill('gopher://example')
    await page.getByRole('button', { name: 'Open', exact: true }).click()
    await page.locator('#store-error').filter({ hasText: /gopher/ }).waitFor()
    await page.keyboard.press('Escape')
    assert.equal(await page.locator('#store-button').textContent(), 'In this browser: drive')
}))

test('a store that is erased is empty', () => within({}, async (context) => {
    const page = await drive(context)
    await put(page, await file('a.txt', 'a'))
    await page.locator('#store-button').click()
    await page.getByRole('button', { name: 'Erase this store…' }).click()
    await page.getByRole('button', { name: 'Erase', exact: true }).click()
    await page.getByText('The store drive was erased.').waitFor()
    assert.deepEqual(await names(page), [])
}))
