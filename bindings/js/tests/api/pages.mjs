// Chromium with a page for the cases: a server for the package and this folder, under a strict policy.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const tools = createRequire(path.join(process.env.SAFE_NPM_TOOLS ?? '.', 'node_modules', 'x'));
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

/** Serves page.html and this folder below /, and the package below /libsafe/. */
export async function serve() {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = pathname.startsWith('/libsafe/')
      ? path.join(process.env.SAFE_NPM, path.normalize(pathname.slice('/libsafe'.length)))
      : path.join(here, path.normalize(pathname === '/' ? '/page.html' : pathname));
    if (!fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': types[path.extname(file)], 'Content-Security-Policy': policy });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

export function launch() {
  const { chromium } = tools('playwright-core');
  return chromium.launch({
    executablePath: chromiumPath(),
    // Root has no sandbox, and CI is root. Containers have little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--js-flags=--expose-gc'],
    timeout: 180_000, // on a machine that does much else
  });
}

function chromiumPath() {
  const path = process.env.SAFE_CHROMIUM ?? '/usr/bin/chromium';
  if (!fs.existsSync(path)) throw new Error(`chromium is missing (${path}). Type: packaging/setup.sh js`);
  return path;
}

/** A page that is ready, in a context of its own. What it complains of is collected in `complaints`. */
export async function open(browser, server) {
  const context = await browser.newContext();
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  page.complaints = [];
  const complain = (text) => /status of 404/.test(text) || page.complaints.push(text); // a case asks for what is not there
  page.on('console', (message) => message.type() === 'error' && complain(message.text()));
  page.on('pageerror', (error) => page.complaints.push(String(error.stack)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction('globalThis.ready');
  return page;
}
