// Opens the demo in Chromium for the tests: a server, a browser, and pages that must not complain.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { addressOf, serve } from '../../examples/serve.mjs'
import { build } from '../../examples/demo.mjs'

const tools = createRequire(join(process.env.SAFE_NPM_TOOLS ?? '.', 'node_modules', 'x'))
const { chromium } = tools('playwright-core')
const axe = tools.resolve('axe-core/axe.min.js')

export const full = process.env.SAFE_SCALE === 'full'
export const DEADLINE = 90_000

/** The browser of a test file, its server, and a folder for files; all gone at the end. */
export const stage = { browser: null, server: null, address: '', folder: '' }

before(async () => {
    stage.folder = await mkdtemp(join(tmpdir(), 'safe-drive-'))
    const demo = join(stage.folder, 'demo')
    await build(process.env.SAFE_NPM, demo)
    stage.server = await serve(demo, 0)
    stage.address = addressOf(stage.server)
    stage.browser = await chromium.launch({
        executablePath: process.env.SAFE_CHROMIUM ?? '/usr/bin/chromium',
        // Root has no sandbox, and CI is root. Containers have little shared memory.
        args: ['--no-sandbox', '--disable-dev-shm-usage'],
        timeout: 2 * DEADLINE,
    })
})

after(async () => {
    await stage.browser?.close()
    stage.server?.closeAllConnections()
    stage.server?.close()
    await rm(stage.folder, { recursive: true, force: true })
})

/** A file of the test's folder. */
export async function file(name, content) {
    const path = join(stage.folder, name)
    await writeFile(path, content)
    return path
}

/** A file that begins so and takes long to be stored, with zeros behind it: whoever wants to stop that comes in time. */
export async function longFile(name, content = '') {
    const path = await file(name, content)
    await truncate(path, 2_000_000_000)
    return path
}

/** A context of its own: nothing stored. `complaints` has what its pages wrote as errors, and what they threw. */
export async function context(options = {}) {
    const made = await stage.browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
    made.setDefaultTimeout(DEADLINE)
    made.complaints = []
    made.on('console', (message) => message.type() === 'error' && made.complaints.push(message.text()))
    made.on('weberror', (error) => made.complaints.push(String(error.error().stack)))
    return made
}

/** Runs a test in a context of its own, and fails it if a page complained, say because its policy refused something. */
export async function within(options, work) {
    const made = await context(options)
    try {
        await work(made)
        assert.deepEqual(made.complaints, [])
    } finally {
        await made.close()
    }
}

/** A page with the drive, whose store is open. */
export async function drive(made, path = '') {
    const page = await made.newPage()
    await page.goto(stage.address + path)
    await opened(page)
    return page
}

/** A page with the drive that its service worker serves: the page does without one that takes over late, on a busy machine. */
export async function served(made) {
    const page = await drive(made)
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await page.reload()
    await opened(page)
    return page
}

export const opened = (page) => page.waitForSelector('body.open')

/** The names in the list. */
export const names = (page) => page.locator('#rows .name').allTextContents()

export const row = (page, name) => page.locator('#rows .row').filter({ has: page.locator('.name', { hasText: name }) })

/** Puts files in by the picker and waits until they are in the list. */
export async function put(page, paths) {
    const number = await page.locator('#rows .row').count()
    await page.setInputFiles('#pick-files', paths)
    await page.waitForFunction((wanted) => document.querySelectorAll('#rows .row').length >= wanted, number + [paths].flat().length)
    await idle(page)
}

/** Waits until nothing is being stored. */
export const idle = (page) => page.waitForFunction(() => !document.querySelector('#uploads.active'))

/** Chooses something of a file's menu. */
export async function choose(page, name, action) {
    await row(page, name).locator('.more').click()
    await page.locator('#menu').getByRole('menuitem', { name: action }).click()
}

/** What axe finds in the page as it stands, in words. */
export async function findings(page) {
    if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(await readFile(axe, 'utf8'))
    const { violations } = await page.evaluate(() => window.axe.run(document))
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`))
}
