// A static host for tests: folders under addresses, with the strict policy that the package promises to work under, and
// without any other header that a page could ask for.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';

export const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const TYPES = {
  '.css': 'text/css', '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json',
  '.mjs': 'text/javascript', '.wasm': 'application/wasm',
};

/**
 * Serves what `places` names, e.g. { '/': folder, '/lib/': other }: the longest address wins. A function instead of a
 * folder gives the text of a page. With `tls`, a certificate and its key, over https:.
 */
export async function serve(places, { policy = POLICY, types = TYPES, tls } = {}) {
  const asked = [];
  const server = (tls ? https : http).createServer(tls ?? {}, (request, response) => {
    const address = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    if (address === '/favicon.ico') return response.writeHead(204).end();
    asked.push(address);
    const found = Object.keys(places).filter((place) => address.startsWith(place)).sort((a, b) => b.length - a.length)[0];
    const headers = policy ? { 'Content-Security-Policy': policy } : {};
    const send = (body, kind) => response.writeHead(200, { ...headers, 'Content-Type': kind }).end(body);
    if (typeof places[found] === 'function') return send(places[found](), TYPES['.html']);
    const file = found === undefined ? '' : path.join(places[found], address.slice(found.length) || 'index.html');
    fs.readFile(file, (problem, body) => {
      if (problem) response.writeHead(404).end();
      else send(body, types[path.extname(file)] ?? 'application/octet-stream');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http${tls ? 's' : ''}://127.0.0.1:${server.address().port}/`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
