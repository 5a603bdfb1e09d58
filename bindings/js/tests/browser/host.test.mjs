// The two files, copied to a static host that knows nothing of them: one script of a page is all that it takes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch, within } from '../browser-common/browser.mjs';
import { serve } from '../browser-common/server.mjs';
import { folder } from '../common/installed.mjs';
import { FACTS } from './story.js';

const here = import.meta.dirname;
const site = fs.mkdtempSync(path.join(os.tmpdir(), 'safe-host-'));
let browser;
before(async () => {
  for (const file of ['libsafe.js', 'libsafe.wasm']) fs.copyFileSync(path.join(folder, file), path.join(site, file));
  for (const file of ['page.js', 'story.js']) fs.copyFileSync(path.join(here, file), path.join(site, file));
  const page = '<!doctype html><meta charset="utf-8"><title>Page</title><script type="module" src="page.js"></script>';
  fs.writeFileSync(path.join(site, 'index.html'), page);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  fs.rmSync(site, { recursive: true });
});

const facts = (page) => page.waitForFunction(() => window.facts).then((handle) => handle.jsonValue());

const hosts = {
  'under the strictest policy that allows wasm, without any special header': { options: {}, at: '/' },
  'in a folder': { options: {}, at: '/some/where/' },
  'that does not know .wasm': { options: { types: { '.html': 'text/html', '.js': 'text/javascript' } }, at: '/' },
  'without a policy': { options: { policy: null }, at: '/' },
};
for (const [what, { options, at }] of Object.entries(hosts)) {
  test(`on a host ${what}`, () => within(browser, async (context) => {
    const server = await serve({ [at]: site }, options);
    const page = await context.newPage();
    await page.goto(`${server.address}${at.slice(1)}`);
    assert.deepEqual(await facts(page), FACTS);
    const files = new Set(server.asked.map((address) => path.posix.relative(at, address) || 'index.html'));
    assert.deepEqual([...files].sort(), ['index.html', 'libsafe.js', 'libsafe.wasm', 'page.js', 'story.js']);
    server.close();
  }));
}

test('safe_ffi is a name that an import map gives, as its README says', () => within(browser, async (context) => {
  const readme = fs.readFileSync(path.join(folder, 'safe_ffi/README.md'), 'utf8');
  const [, map] = /```html\n(.*?)```/s.exec(readme);
  const html = `<!doctype html><meta charset="utf-8"><title>Page</title>${map}`;
  const server = await serve({ '/': () => html, '/libsafe/': folder }, { policy: null });
  const page = await context.newPage();
  await page.goto(server.address);
  assert.equal(await page.evaluate(async () => (await import('safe_ffi')).default.safe_version_string()), '1.0.0');
  server.close();
}));

test('the engine runs in a worker, which ends with the last client', () => within(browser, async (context) => {
  const server = await serve({ '/': site });
  const page = await context.newPage();
  await page.goto(server.address);
  await facts(page);
  await page.evaluate(async () => {
    const { connect } = await import('./libsafe.js');
    window.clients = [await connect('mem:'), await connect('mem:')];
  });
  // That of the page's own clients may be still about to end.
  for (let waited = 0; page.workers().length !== 1 && waited < 60_000; waited += 100) await page.waitForTimeout(100);
  assert.equal(page.workers().length, 1);
  await page.evaluate(() => Promise.all(window.clients.map((client) => client.close())));
  for (let waited = 0; page.workers().length > 0; waited += 100) {
    assert.ok(waited < 60_000, 'the worker is still there');
    await page.waitForTimeout(100);
  }
  server.close();
}));
