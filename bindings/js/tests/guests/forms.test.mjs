// A core library written once, in C and in Rust, tells the same story in all its forms: native, in Node, in Chromium.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, within } from '../browser-common/browser.mjs';
import { serve } from '../browser-common/server.mjs';
import { folder, load } from '../common/installed.mjs';
import { demonstration } from './run.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const built = path.resolve(process.env.SAFE_EXAMPLES);
const forms = [['c', 0], ['c', 1], ['rust', 0]]; // language, and how it hears of ends: by callback or queue

const native = (language, driven) =>
  execFileSync(path.join(built, language, 'notebook'), language === 'c' ? [String(driven)] : [], { encoding: 'utf8' });

const wanted = (language, driven) => {
  const transcript = native(language, driven);
  assert.match(transcript, /handles: 0\n$/);
  return { state: 1, transcript, reports: [], left: 0, all: 0 };
};

let browser;
let server;
before(async () => {
  browser = await launch();
  const page = () => '<!doctype html><meta charset="utf-8"><title>Guests</title>';
  server = await serve({ '/': page, '/libsafe/': folder, '/built/': built, '/tests/': here });
});
after(async () => {
  await browser?.close();
  server?.close();
});

test('the notebook in Rust tells its committed transcript', () => {
  const committed = path.join(here, '../../../rust/examples/notebook/transcript.txt');
  assert.equal(native('rust'), fs.readFileSync(committed, 'utf8'));
});

for (const [language, driven] of forms) {
  const by = driven ? 'a queue' : 'callbacks';

  test(`${language}, told by ${by}, in Node as natively`, async () => {
    const library = { ...await load('libsafe/ffi'), ...await load('libsafe/guest') };
    const wasm = fs.readFileSync(path.join(built, language, 'notebook.wasm'));
    assert.deepEqual(await demonstration(library, wasm, driven), wanted(language, driven));
  });

  test(`${language}, told by ${by}, in Chromium as natively`, () => within(browser, async (context) => {
    const page = await context.newPage();
    await page.goto(server.address);
    const told = await page.evaluate(async ([language, driven]) => {
      const [{ loadFfi }, { loadGuest }, { demonstration }] = await Promise.all(
        ['/libsafe/ffi.js', '/libsafe/guest.js', '/tests/run.mjs'].map((module) => import(module)));
      return demonstration({ loadFfi, loadGuest }, new URL(`/built/${language}/notebook.wasm`, location.href), driven);
    }, [language, driven]);
    assert.deepEqual(told, wanted(language, driven));
  }));
}
