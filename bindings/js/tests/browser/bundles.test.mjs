// esbuild and Vite, without any configuration, make something of an app that imports libsafe, which runs under a strict
// policy; so does Vite's own server while an app is written.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { contextOf, launch, within } from '../browser-common/browser.mjs';
import { serve } from '../browser-common/server.mjs';
import { folder, project } from '../common/installed.mjs';
import { FACTS } from './story.js';

const here = import.meta.dirname;
const bin = (name) => path.resolve(process.env.SAFE_NPM_TOOLS, 'node_modules', name);
const html = (script) => `<!doctype html><meta charset="utf-8"><title>App</title><script type="module" src="${script}"></script>`;

/** An app of a user, in a project that has the package. */
function app(name, script) {
  const at = fs.mkdtempSync(path.join(project, `${name}-`));
  fs.symlinkSync(path.join(project, 'node_modules'), path.join(at, 'node_modules'));
  for (const file of ['app.js', 'story.js']) fs.copyFileSync(path.join(here, file), path.join(at, file));
  fs.writeFileSync(path.join(at, 'index.html'), html(script));
  return at;
}

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function check(context, address) {
  const page = await context.newPage();
  await page.goto(address);
  const facts = await page.waitForFunction(() => window.facts);
  assert.deepEqual(await facts.jsonValue(), FACTS);
}

test('esbuild: the bundle, and the two files beside it', () => within(browser, async (context) => {
  const at = app('esbuild', 'app.js');
  const words = ['app.js', '--bundle', '--format=esm', '--outdir=out', '--log-level=warning'];
  execFileSync(process.execPath, [bin('esbuild/bin/esbuild'), ...words], { cwd: at });
  const out = path.join(at, 'out');
  fs.writeFileSync(path.join(out, 'index.html'), html('app.js'));
  for (const file of ['libsafe.js', 'libsafe.wasm']) fs.copyFileSync(path.join(folder, file), path.join(out, file));
  const server = await serve({ '/': out });
  await check(context, server.address);
  server.close();
}));

test('Vite', () => within(browser, async (context) => {
  const at = app('vite', '/app.js');
  execFileSync(process.execPath, [bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { cwd: at });
  const server = await serve({ '/': path.join(at, 'dist') });
  await check(context, server.address);
  server.close();
}));

test("Vite's development server", async () => {
  const at = app('dev', '/app.js');
  const env = { ...process.env, NO_COLOR: '1' };
  const vite = spawn(process.execPath, [bin('vite/bin/vite.js'), '--port', '0', '--host', '127.0.0.1'], { cwd: at, env });
  try {
    const address = await new Promise((resolve, reject) => {
      let said = '';
      const hear = (text) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said);
        if (found) resolve(found[0]);
      };
      vite.stdout.on('data', hear);
      vite.stderr.on('data', hear);
      vite.on('exit', () => reject(new Error(`Vite has ended: ${said}`)));
    });
    const context = await contextOf(browser);
    await check(context, address);
    await context.close();
  } finally {
    vite.kill();
  }
});
