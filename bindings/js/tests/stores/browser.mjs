// A browser with pages that have the stores, in a worker and beside: for the tests.
import { mkdtemp, readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const inBrowser = `
  import * as stores from './stores/index.ts';
  import { side } from ${JSON.stringify(fileURLToPath(new URL('browser_side.mjs', import.meta.url)))};
  const answer = side(stores);
`;

const page = `${inBrowser}
  const worker = new Worker('worker.js', { type: 'module' });
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data: { id, result } }) => waiting.get(id)(result);
  globalThis.ask = (place, name, args) =>
    place === 'page' ? answer(name, args) : new Promise((resolve) => {
      waiting.set(++last, resolve);
      worker.postMessage({ id: last, name, args });
    });
`;

const worker = `${inBrowser}
  onmessage = async ({ data: { id, name, args } }) => postMessage({ id, result: await answer(name, args) });
`;

/** Serves the pages; `told`: what they post. */
export async function serve(folder) {
  const files = {
    '/': '<!doctype html><title>stores</title><script type=module src=page.js></script>',
    '/page.js': await readFile(await bundle('page.js', page, folder)),
    '/worker.js': await readFile(await bundle('worker.js', worker, folder)),
  };
  const told = [];
  const server = http.createServer(async (request, response) => {
    if (request.method === 'POST') {
      let text = '';
      for await (const part of request) text += part;
      told.push(JSON.parse(text));
      response.end();
      return;
    }
    const file = files[request.url];
    response.writeHead(file ? 200 : 404, { 'content-type': request.url.endsWith('.js') ? 'text/javascript' : 'text/html' });
    response.end(file);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    told,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Removes a store whose tabs have ended: a browser that is busy may take its time to let go of what they held. */
export async function removed(ask, url) {
  for (const end = Date.now() + 60_000; ; ) {
    try {
      return await ask('removeStore', url);
    } catch (problem) {
      if (problem.codeName !== 'SAFE_BUSY' || Date.now() > end) throw problem;
    }
  }
}

export { launchKillable as launch } from '../browser-common/killable.mjs';

export const newProfile = (folder) => mkdtemp(path.join(folder, 'profile-'));

/** A page, and what it and its worker are asked to do: tab.page('create', ...), tab.worker('create', ...). */
export async function openTab(context, address) {
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForFunction(() => 'ask' in globalThis);
  const asking = (place) => async (name, ...args) => {
    const { value, problem } = await page.evaluate(([place, name, args]) => globalThis.ask(place, name, args), [place, name, args]);
    if (problem) throw Object.assign(new Error(problem.message), problem);
    return value;
  };
  return { tab: page, page: asking('page'), worker: asking('worker') };
}
