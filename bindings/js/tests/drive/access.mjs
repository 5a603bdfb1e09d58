// The drive for everybody: by keyboard alone, on a narrow screen, in both schemes, with nothing for axe to find.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choose, context as newContext, drive, file, findings, idle, longFile, names, opened, put, row, served, within } from './pages.mjs'

const LONG = 'a name that goes on and on and never seems to end, with-one-part-that-cannot-be-broken-anywhere-at-all-'.repeat(2)

/** What is wider than the window. */
const wider = (page) => page.evaluate(() => {
    const width = document.documentElement.clientWidth
    if (document.documentElement.scrollWidth <= width) return []
    return [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > width + 1)
        .map((each) => `${each.tagName} ${each.id} ${each.className}`)
})

/** The states that a person meets, one after the other; `look` is called in each. */
async function states(page, look) {
    await look('empty')
    await put(page, [await file('letter.txt', 'Dear friend'), await file(`${LONG}.txt`.slice(-200), 'long')])
    await look('list and finished uploads')
    await row(page, 'letter.txt').locator('.more').click()
    await look('menu')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'letter.txt', exact: true }).click()
    await page.locator('#viewer pre').waitFor()
    await look('viewer')
    await page.keyboard.press('Escape')
    await choose(page, 'letter.txt', 'Copy public link')
    await look('question')
    await page.keyboard.press('Escape')
    await page.locator('#store-button').click()
    await look('store')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Export, import…' }).click()
    await page.getByLabel('Open a list').fill('safe:private-nonsense')
    await page.getByRole('button', { name: 'Open the list' }).click()
    await page.locator('#list-error').filter({ hasText: /link/ }).waitFor()
    await look('list, with an error')
    await page.keyboard.press('Escape')
    await page.setInputFiles('#pick-files', await longFile('big.bin'))
    await page.locator('#uploads.active').waitFor()
    await look('storing')
    await page.getByRole('button', { name: 'Cancel all' }).click()
    await idle(page)
    await page.evaluate(() => dispatchEvent(new DragEvent('dragenter', {
        dataTransfer: (() => {
            const transfer = new DataTransfer()
            transfer.items.add(new File(['x'], 'x'))
            return transfer
        })(),
    })))
    await page.locator('#drop').waitFor()
    await look('dragging')
}

for (const colorScheme of ['light', 'dark']) {
    test(`axe finds nothing in any state, ${colorScheme}`, () => within({ colorScheme }, async (context) => {
        const page = await drive(context)
        await states(page, async (state) => assert.deepEqual(await findings(page), [], state))
    }))
}

test('nothing is wider than a window of 320 pixels, in any state', () => within({ viewport: { width: 320, height: 640 } }, async (context) => {
    const page = await drive(context)
    await states(page, async (state) => assert.deepEqual(await wider(page), [], state))
    assert.deepEqual(await findings(page), [])
}))

test('everything is reached and done by keyboard', () => within({}, async (context) => {
    const page = await drive(context)
    const press = (key) => page.keyboard.press(key)
    const focused = () => page.evaluate(() => {
        const { id, textContent, className } = document.activeElement
        return id || `${className}: ${textContent}`
    })
    const tabTo = async (wanted) => {
        for (let steps = 0; steps < 40; steps++) {
            await press('Tab')
            if ((await focused()).includes(wanted)) return
        }
        assert.fail(`Tab does not lead to ${wanted}`)
    }
    const choosing = page.waitForEvent('filechooser') // said in good time: a browser that is busy hears of it late
    await tabTo('add-files')
    await press('Enter')
    await (await choosing).setFiles([await file('first.txt', '1'), await file('second.txt', '2'), await file('third.txt', '3')])
    for (const name of ['first.txt', 'second.txt', 'third.txt']) await row(page, name).waitFor()
    await idle(page)

    await tabTo('first.txt')
    await press('ArrowDown')
    assert.match(await focused(), /second\.txt/)
    await press('End')
    assert.match(await focused(), /third\.txt/)
    await press('Enter')
    await page.locator('#viewer pre').waitFor()
    assert.equal(await page.locator('#viewer pre').textContent(), '3')
    await press('Escape')
    assert.match(await focused(), /third\.txt/)

    await press('Tab')
    await press('Enter')
    assert.match(await focused(), /Open/)
    await press('ArrowDown')
    assert.match(await focused(), /Download/)
    const [download] = await Promise.all([page.waitForEvent('download'), press('Enter')])
    assert.equal(download.suggestedFilename(), 'third.txt')
    await press('Enter')
    await press('Escape')
    assert.match(await focused(), /more/)

    await press('ArrowUp')
    await press('Delete')
    await row(page, 'second.txt').waitFor({ state: 'detached' })
    assert.deepEqual(await names(page), ['first.txt', 'third.txt'])
    assert.match(await focused(), /first\.txt|third\.txt/)
    await tabTo('Undo')
    await press('Enter')
    await row(page, 'second.txt').waitFor()

    await page.locator('#store-button').focus()
    await press('Enter')
    await press('Tab')
    await press('Escape')
    assert.equal(await focused(), 'store-button')
}))

test('the focus is always seen, and nothing moves for those who do not want it', () => within({ reducedMotion: 'reduce' }, async (context) => {
    const page = await drive(context)
    for (let steps = 0; steps < 7; steps++) {
        await page.keyboard.press('Tab')
        const seen = await page.evaluate(() => {
            const { activeElement } = document
            const shown = activeElement.matches('.choice input') ? activeElement.nextElementSibling : activeElement
            return getComputedStyle(shown).outlineStyle
        })
        assert.notEqual(seen, 'none')
    }
    assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0)
    assert.equal(await page.locator('#add-files').evaluate((button) => getComputedStyle(button).transitionProperty), 'none')
}))

test('without a network the page opens again and says so', async () => {
    const context = await newContext() // which may complain of the network
    // The second visit is served by the service worker, which keeps what it saw.
    const page = await served(context)
    await put(page, await file('here.txt', 'here'))
    await context.setOffline(true)
    await page.reload()
    await opened(page)
    await page.locator('#offline').waitFor()
    assert.deepEqual(await names(page), ['here.txt'])
    await context.close()
})
