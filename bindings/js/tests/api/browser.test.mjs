// The cases of the API in Chromium: over a worker, as pages have it by default, and in the page's own thread.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { namesFor } from './run.mjs';
import { launch, open, serve } from './pages.mjs';

const seed = Number(process.env.SAFE_SEED ?? Date.now() % 2 ** 31);
console.log(`SAFE_SEED=${seed}`);
const server = await serve();
const browser = await launch();
after(async () => {
  await browser.close();
  server.close();
});

const places = process.env.SAFE_PLACE ? [process.env.SAFE_PLACE] : ['worker', 'inline'];
for (const place of places) {
  let page; // the same for all, as long as it is well
  for (const name of namesFor(place)) {
    test(`${place}: ${name}`, { timeout: 180_000 }, async () => {
      page ??= await open(browser, server);
      try {
        await page.evaluate(([name, place, seed]) => run(name, place, { seed }), [name, place, seed]);
        assert.deepEqual(page.complaints, []);
      } catch (problem) {
        await page.context().close();
        page = undefined;
        throw problem;
      }
    });
  }
}
