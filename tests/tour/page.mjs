// Opens a page of README.md in Chromium as its reader would: page.mjs FOLDER FILE
//
// The file is chosen in the page's input; it must show a private link and how the file begins.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { launch, within } from '../../bindings/js/tests/browser-common/browser.mjs';
import { serve } from '../../bindings/js/tests/browser-common/server.mjs';

const [folder, file] = process.argv.slice(2);
const server = await serve({ '/': folder }, { policy: null });
const browser = await launch();
try {
  await within(browser, async (context) => {
    const page = await context.newPage();
    await page.goto(server.address);
    await page.setInputFiles('input', file);
    await page.waitForFunction(() => document.querySelector('pre').textContent !== '');
    const [link, begins] = (await page.textContent('pre')).split('\n\n');
    assert.match(link, /^safe:private-\w+$/);
    assert.equal(begins, fs.readFileSync(file, 'utf8').slice(0, 200));
  });
} finally {
  await browser.close();
  server.close();
}
