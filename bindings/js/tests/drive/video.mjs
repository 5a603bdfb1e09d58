// A long video is played from the store: seeking fetches the chunks that are needed and no others, also after a reload.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { full, idle, opened, row, served, stage, within } from './pages.mjs'

const MEGABYTES = full ? 500 : 100
const SECONDS = MEGABYTES
const MINUTES = 60_000

/** A video of about a megabyte a second: noise, red in its first half and blue in the second. */
function makeVideo() {
    const path = join(stage.folder, 'long.mp4')
    const half = (colour) => ['-f', 'lavfi', '-i', `color=${colour}:s=320x240:r=10:d=${SECONDS / 2},noise=alls=100:allf=t`]
    execFileSync('ffmpeg', ['-loglevel', 'error', '-y', ...half('red'), ...half('blue'), '-filter_complex', 'concat=n=2',
        '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-pix_fmt', 'yuv420p', '-b:v', '8M', '-minrate', '8M',
        '-maxrate', '8M', '-bufsize', '8M', '-x264-params', 'nal-hrd=cbr', path])
    return path
}

/** Chunks that the page says were fetched, and of how many. */
async function fetched(page) {
    // The page says it from time to time.
    await page.waitForFunction(() => /^[1-9]/.test(document.querySelector('#viewer-chunks').textContent))
    const text = await page.locator('#viewer-chunks').textContent()
    const [, some, all] = /^([\d,]+) of ([\d,]+) chunks? fetched$/.exec(text) ?? assert.fail(`the viewer says: ${text}`)
    return { some: Number(some), all: Number(all) }
}

/** Goes to a moment and says what colour is seen there. */
const seek = (page, to) => page.locator('#viewer video').evaluate(async (video, to) => {
    video.currentTime = to
    await new Promise((done, fail) => {
        video.onseeked = done
        video.onerror = () => fail(new Error(video.error.message))
    })
    const canvas = new OffscreenCanvas(1, 1)
    const drawing = canvas.getContext('2d')
    drawing.drawImage(video, 0, 0, 1, 1)
    const [red, , blue] = drawing.getImageData(0, 0, 1, 1).data
    return red > blue ? 'red' : 'blue'
}, to)

test(`a video of ${MEGABYTES} MB seeks, and only the chunks that are needed are fetched`, { timeout: 30 * MINUTES }, () => within({}, async (context) => {
    const path = makeVideo()
    assert.ok(statSync(path).size > MEGABYTES * 0.9e6, `the video has ${statSync(path).size} bytes`)
    const page = await served(context)
    await page.setInputFiles('#pick-files', path)
    await row(page, 'long.mp4').waitFor({ timeout: 20 * MINUTES })
    await idle(page)

    for (const visit of ['first', 'after a reload']) {
        await page.getByRole('button', { name: 'long.mp4', exact: true }).click()
        await page.waitForFunction(() => document.querySelector('#viewer video')?.duration > 0)
        assert.equal(await seek(page, SECONDS * 0.8), 'blue', visit)
        assert.equal(await seek(page, SECONDS * 0.25), 'red', visit)
        // What was asked for ahead of the picture arrives, and is counted.
        await page.waitForTimeout(1500)
        const { some, all } = await fetched(page)
        console.log(`# ${visit}: ${some} of ${all} chunks fetched for two seeks`)
        assert.ok(some > 0 && some < all * (full ? 0.2 : 0.5), `${visit}: ${some} of ${all} chunks were fetched`)
        await page.keyboard.press('Escape')
        await page.reload()
        await opened(page)
    }
}))

test('ranges are answered as servers answer them', () => within({}, async (context) => {
    const page = await served(context)
    const answers = await page.evaluate(async () => {
        const { Streams } = await import('./streams.js')
        const { connect } = await import('./libsafe/libsafe.js')
        const client = await connect('mem:')
        const content = new Uint8Array(3_000_000).map((_, at) => at % 251)
        const { link } = await client.put(content, { private: true })
        const streams = new Streams(client)
        const entry = { link: link.text, name: 'ä b.webm', size: content.length, type: 'video/webm' }
        const url = await streams.url(entry)
        const ask = async (range) => {
            const response = await fetch(url, { headers: range ? { Range: range } : {} })
            const bytes = new Uint8Array(await response.arrayBuffer())
            const first = Number(/bytes (\d+)/.exec(response.headers.get('Content-Range'))?.[1] ?? 0)
            const same = bytes.every((byte, at) => byte === (first + at) % 251)
            return [response.status, response.headers.get('Content-Range'), bytes.length, same]
        }
        const all = []
        for (const range of ['', 'bytes=0-', 'bytes=1048575-1048577', 'bytes=2999999-', 'bytes=-3', 'bytes=0-0', 'bytes=3000000-', 'pages=1-2'])
            all.push(await ask(range))
        await streams.revoke(url)
        all.push((await fetch(url)).status)
        const html = await streams.url({ ...entry, name: 'x.html', type: 'text/html' })
        const { headers } = await fetch(html)
        all.push(headers.get('Content-Type'), headers.get('Content-Disposition'), headers.get('X-Content-Type-Options'))
        await streams.close()
        await client.close()
        return all
    })
    assert.deepEqual(answers, [
        [200, null, 3_000_000, true],
        [206, 'bytes 0-2999999/3000000', 3_000_000, true],
        [206, 'bytes 1048575-1048577/3000000', 3, true],
        [206, 'bytes 2999999-2999999/3000000', 1, true],
        [206, 'bytes 2999997-2999999/3000000', 3, true],
        [206, 'bytes 0-0/3000000', 1, true],
        [416, 'bytes */3000000', 0, true],
        [200, null, 3_000_000, true],
        404, 'application/octet-stream', "attachment; filename*=UTF-8''x.html", 'nosniff',
    ])
    // The two answers that are errors are told in the console by Chromium itself.
    context.complaints = context.complaints.filter((text) => !/status of (404|416)/.test(text))
}))
