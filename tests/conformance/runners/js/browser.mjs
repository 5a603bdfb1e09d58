// The runner of a page in Chromium: passes lines to the page, and serves it the package and the files of the driver. The page's engine
// is in a worker, as by default; what the package calls there is told to the page, too.
import fs from 'node:fs';
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const build = process.env.CONFORMANCE_BUILD;
const tools = createRequire(path.join(fs.realpathSync(path.join(build, 'cmake/bindings/js/tools')), 'node_modules', 'x'));
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html' };

const counted = `{\n${fs.readFileSync(path.join(here, 'reached.mjs'), 'utf8')}
  const told = new BroadcastChannel('reached');
  const add = marks.add.bind(marks);
  marks.add = (name) => {
    if (!marks.has(name)) told.postMessage(name);
    return add(name);
  };
}\n`;

/** What is served: the page, the runner's modules, and the package with the count before it. */
function served(name) {
  if (name === '/') return Buffer.from('<!doctype html><script type="module" src="/page.mjs"></script>');
  const file = name.startsWith('/libsafe/') ? path.join(build, 'npm', name.slice('/libsafe/'.length)) : path.join(here, name);
  if (!fs.existsSync(file)) return null;
  const text = fs.readFileSync(file);
  return name.startsWith('/libsafe/') && name.endsWith('.js') ? Buffer.concat([Buffer.from(counted), text]) : text;
}

/** Files of the driver, which a page cannot reach by itself. */
const files = {
  read: (file) => (fs.existsSync(file) ? fs.readFileSync(file) : null),
  write: (file, body) => fs.writeFileSync(file, body),
  create: (file, body) => {
    if (fs.existsSync(file)) return null;
    fs.writeFileSync(file, body);
    return '';
  },
  remove: (file) => (fs.existsSync(file) ? fs.unlinkSync(file) : null),
  list: (folder) => JSON.stringify(fs.readdirSync(folder).map((name) => [name, fs.statSync(path.join(folder, name)).size])),
  makeFolder: (folder) => fs.mkdirSync(folder, { recursive: true }) && '',
  isFolder: (folder) => (fs.existsSync(folder) ? '' : null),
};

const server = http.createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const send = (body, type) => {
    if (body === null) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Type': type ?? 'application/octet-stream', 'Cache-Control': 'no-store' }).end(body ?? '');
  };
  if (pathname !== '/files') {
    const name = pathname === '/' ? '.html' : path.extname(pathname);
    return send(pathname === '/favicon.ico' ? '' : served(pathname), types[name]);
  }
  const body = [];
  for await (const piece of request) body.push(piece);
  send(files[searchParams.get('do')](searchParams.get('path'), Buffer.concat(body)));
});
await new Promise((listening) => server.listen(Number(process.env.CONFORMANCE_PORT), '127.0.0.1', listening));

const context = await tools('playwright-core').chromium.launchPersistentContext(process.env.CONFORMANCE_PROFILE, {
  executablePath: process.env.SAFE_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--js-flags=--expose-gc'],
  timeout: 180_000,
});
context.setDefaultTimeout(180_000);
const page = await context.newPage();
page.on('console', (message) => console.error(message.text()));
page.on('pageerror', (problem) => console.error(problem.stack));
await page.goto(`http://localhost:${server.address().port}/?folder=${encodeURIComponent(process.argv.at(-1))}`);
await page.waitForFunction('globalThis.play');

const can = ['addresses', 'behind', 'children', 'chunks', 'closing', 'details', 'empty_urls', 'identities', 'limits', 'links', 'log', 'metrics', 'named_links',
  'own_vaults', 'pages', 'ports', 'progress', 'record_addresses', 's1', 'seeds', 'serving', 'settings', 'signing', 'sizes', 'states', 'streams',
  'transports', 'u64', 'unsigned', 'untyped', 'views', ...(process.env.CONFORMANCE_FLAT === '1' ? ['datamaps', 'replay', 'rooms'] : [])];
if (process.env.CONFORMANCE_FLAT === '1') await page.evaluate('flat()');
console.log(`hello chromium can=${can.join(',')} store=origin`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.split(' ')[1] === 'exit') {
    await context.close();
    process.exit(0);
  }
  console.log(await page.evaluate((text) => globalThis.play(text), line));
}
