// The playground: every snippet of the documentation runs in the browser, can be changed, and shows its errors.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { DEADLINE, findings, stage, within } from './pages.mjs'

async function playground(context) {
    const page = await context.newPage()
    await page.goto(`${stage.address}playground/`)
    await page.locator('.snippet').first().waitFor()
    return page
}

/** Runs what stands in a snippet's editor; fulfilled with what it printed. */
async function run(section) {
    await section.getByRole('button', { name: 'Run' }).click()
    await section.locator('output[data-ended]').waitFor()
    const output = section.locator('output')
    return { ended: await output.getAttribute('data-ended'), text: await output.textContent() }
}

test('every snippet of the documents runs to its end', () => within({}, async (context) => {
    const snippets = JSON.parse(await readFile(join(stage.folder, 'demo/playground/snippets.json'), 'utf8'))
    assert.ok(snippets.length > 0, 'no document has a snippet')
    const page = await playground(context)
    const sections = await page.locator('.snippet').all()
    assert.equal(sections.length, snippets.length)
    for (const [at, section] of sections.entries()) {
        const { ended, text } = await run(section)
        assert.equal(ended, 'well', `${snippets[at].document}, "${snippets[at].heading}": ${text}`)
    }
}))

test('what is typed runs, and its output and errors are shown', () => within({}, async (context) => {
    const page = await playground(context)
    const section = page.locator('.snippet').first()
    const editor = section.getByRole('textbox')
    // While something runs, what starts the next stops it.
    const ended = () => section.getByRole('button', { name: 'Run' }).waitFor()
    await editor.fill('import { connect } from "libsafe"\nconst client = await connect("file:x")\nconsole.log([1, 2n], await client.put(new Uint8Array(9)) !== null)\nawait client.close()')
    await editor.press('Control+Enter')
    await section.locator('output').filter({ hasText: '[1, 2n] true' }).waitFor()
    await section.locator('output').filter({ hasText: 'file:x is a vault in memory' }).waitFor()
    await ended()
    await editor.fill('throw new TypeError("on purpose")')
    await editor.press('Control+Enter')
    await section.locator('output .error').filter({ hasText: 'TypeError: on purpose' }).waitFor()
    await ended()
    await editor.fill('let = 1')
    await editor.press('Control+Enter')
    await section.locator('output .error').filter({ hasText: 'SyntaxError' }).waitFor()
    await ended()
    await editor.fill('await new Promise(() => {})')
    await editor.press('Control+Enter')
    await section.getByRole('button', { name: 'Stop' }).click()
    await section.locator('output').filter({ hasText: 'Stopped.' }).waitFor()
}))

test('no text is run as code but the module in the frame', async () => {
    const context = await stage.browser.newContext()
    context.setDefaultTimeout(DEADLINE)
    const page = await playground(context)
    const section = page.locator('.snippet').first()
    await section.getByRole('textbox').fill('eval("1")')
    const { ended, text } = await run(section)
    assert.equal(ended, 'badly')
    assert.match(text, /EvalError/)
    assert.equal(await page.evaluate(async () => {
        const address = URL.createObjectURL(new Blob(['1'], { type: 'text/javascript' }))
        return import(address).then(() => 'ran', () => 'refused')
    }), 'refused')
    await context.close()
})

for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark', viewport: { width: 320, height: 640 } }]) {
    test(`axe finds nothing and nothing is too wide: ${JSON.stringify(options)}`, () => within(options, async (context) => {
        const page = await playground(context)
        await run(page.locator('.snippet').first())
        assert.deepEqual(await findings(page), [])
        const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
        assert.ok(scroll <= width, `${scroll} is wider than ${width}`)
    }))
}
