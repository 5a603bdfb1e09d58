// Stores of JavaScript behind connection URLs: what the library asks gets to them, and what they answer, or fail with, back.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, before, test } from 'node:test';
import { until } from '../api/check.mjs';
import { bundle, stores, temporaryFolder, wasm } from './bundle.mjs';
import { alike, noise } from './law.mjs';

const folder = await temporaryFolder();
let library;
let ffi;

before(async () => {
  library = await import(await bundle('stores.mjs', stores, folder));
  ffi = await library.loadFfi({ wasm });
});

const noHandles = (from) => until(() => from.safe_debug_live_handles() === 0n, 'handles are left');

afterEach(() => noHandles(ffi));

/** Until what nobody waits for is answered as well. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 50));

async function result(op, take, from = ffi) {
  try {
    await from.ended(op);
    from.safe_op_wait(op, 0);
    return take?.(op);
  } finally {
    from.safe_op_free(op);
  }
}

const connect = (url, from = ffi) => result(from.safe_connect(url, 0), from.safe_op_take_client, from);

async function put(client, bytes, from = ffi) {
  const receipt = await result(from.safe_put(client, bytes, 0), from.safe_op_take_receipt, from);
  const link = from.safe_receipt_link(receipt);
  const text = from.safe_link_text(link);
  from.safe_link_free(link);
  from.safe_receipt_free(receipt);
  return text;
}

async function get(client, text, from = ffi) {
  const link = from.safe_link_parse(text);
  try {
    const reader = await result(from.safe_open(client, link), from.safe_op_take_reader, from);
    const bytes = new Uint8Array(Number(from.safe_reader_size(reader)));
    await result(from.safe_reader_read_into(reader, 0, bytes), from.safe_op_take_u64, from);
    from.safe_reader_free(reader);
    return bytes;
  } finally {
    from.safe_link_free(link);
  }
}

/** A store that answers as `calls` says, and counts how often it was closed. */
function kindOf(calls) {
  const kind = {
    opens: [],
    closed: 0,
    async open(url, noCreate) {
      kind.opens.push([url, noCreate]);
      return { get: async () => null, exists: async () => false, close: async () => void ++kind.closed, ...calls };
    },
  };
  return kind;
}

const failing = (codeName, message) => async () => {
  throw new library.SafeError(library.enums.safe_code[codeName], codeName, message);
};

test('content goes into a directory and comes back, in several instances of the library at once', async () => {
  const url = `file:${path.join(await mkdtemp(path.join(folder, 'x-')), 'vault')}`;
  const others = await Promise.all([library.loadFfi({ wasm }), library.loadFfi({ wasm })]);
  const all = await Promise.all([ffi, ...others].map(async (from) => {
    const port = library.servePort(from, 'file', await library.fileStores());
    return { from, port, client: await connect(url, from) };
  }));
  const contents = all.flatMap((_, at) => [noise(3_000_000, at), noise(3_000_000, 99), noise(100 + at, at)]);
  const links = await Promise.all(contents.map((bytes, at) => put(all[at % 3].client, bytes, all[at % 3].from)));
  for (const { from, client, port } of all) {
    for (const [at, link] of links.entries()) assert.ok(alike(await get(client, link, from), contents[at]));
    from.safe_client_free(client);
    port.close();
    await noHandles(from);
  }
});

test('a store is opened with the URL and the wish to make it, and closed after its last client', async () => {
  const kind = kindOf({});
  const port = library.servePort(ffi, 'mine', kind);
  const client = await connect('mine:a/b');
  const other = await connect('mine:a/b');
  const third = await result(ffi.safe_connect('mine://c?d', ffi.constants.SAFE_CONNECT_NO_CREATE), ffi.safe_op_take_client);
  assert.deepEqual(kind.opens, [['mine:a/b', false], ['mine://c?d', true]]);
  ffi.safe_client_free(client);
  await settled();
  assert.equal(kind.closed, 0);
  for (const each of [other, third]) ffi.safe_client_free(each);
  await until(() => kind.closed === 2, 'they are not closed');
  port.close();
  await assert.rejects(connect('mine:a/b'), { codeName: 'SAFE_BAD_URL' });
});

test('what a store fails with says what failed, on what, why, and what to do', async () => {
  for (const [codeName, wanted] of [
    ['SAFE_STORE_FULL'], ['SAFE_STORE_READ_ONLY'], ['SAFE_STORE_IO'], ['SAFE_STORE_BUSY'], ['SAFE_UNSUPPORTED'], ['SAFE_BUSY'],
    ['SAFE_ACCESS_DENIED'], ['SAFE_OUT_OF_MEMORY'], ['SAFE_TIMEOUT'], ['SAFE_INVALID_ARGUMENT', 'SAFE_STORE_IO'],
  ]) {
    const port = library.servePort(ffi, 'mine', kindOf({ create: failing(codeName, 'no luck; try again') }));
    const client = await connect('mine:x');
    await assert.rejects(put(client, noise(5000, 1)), ({ codeName: got, message }) => {
      assert.equal(got, wanted ?? codeName);
      assert.match(message, /^cannot write chunks\/[0-9a-f]{64} in mine:x: no luck; try again \([A-Z_]+ -\d+\)$/);
      return true;
    });
    ffi.safe_client_free(client);
    port.close();
  }
});

test('a store that does not open fails the connection', async () => {
  const kind = { open: failing('SAFE_STORE_VERSION', 'from the future; wait') };
  const port = library.servePort(ffi, 'mine', kind);
  await assert.rejects(connect('mine:x'), { codeName: 'SAFE_STORE_VERSION', message: /^cannot open mine:x: from the future; wait/ });
  port.close();
});

test('what is thrown that is no failure of the library, and answers that are none, fail the request', async () => {
  for (const create of [
    async () => { throw new TypeError('a bug \ud800\0'); }, async () => { throw 'a text'; }, () => { throw new Error('at once'); },
  ]) {
    const port = library.servePort(ffi, 'mine', kindOf({ create }));
    const client = await connect('mine:x');
    await assert.rejects(put(client, noise(5000, 1)), { codeName: 'SAFE_STORE_IO', message: /a bug \ufffd\ufffd|a text|at once/ });
    ffi.safe_client_free(client);
    port.close();
  }
  const many = { get: async () => new Uint8Array(6 << 20), create: async () => false };
  const port = library.servePort(ffi, 'mine', kindOf(many));
  const client = await connect('mine:x');
  await assert.rejects(put(client, noise(5000, 1)), { codeName: 'SAFE_STORE_IO' });
  ffi.safe_client_free(client);
  port.close();
});

test('requests are answered at once, not one after the other', async () => {
  let waiting = 0;
  const kind = kindOf({
    async create() {
      ++waiting;
      await until(() => waiting >= 4, 'the others are not asked for');
      return true;
    },
  });
  const port = library.servePort(ffi, 'mine', kind);
  const client = await connect('mine:x');
  await Promise.all([1, 2, 3, 4].map((at) => put(client, noise(5000, at))));
  ffi.safe_client_free(client);
  port.close();
});

test('a port that is closed fails what waits for it, and lets go of its stores', async () => {
  let answer;
  const kind = kindOf({ create: () => new Promise((resolve) => (answer = resolve)) });
  const port = library.servePort(ffi, 'mine', kind);
  const client = await connect('mine:x');
  const putting = assert.rejects(put(client, noise(5000, 1)), { codeName: 'SAFE_CLOSED' });
  while (!answer) await settled();
  port.close();
  port.close();
  await putting;
  assert.equal(kind.closed, 1);
  answer(true);
  await settled();
  ffi.safe_client_free(client);
});

test('a port that is closed while a store is being opened lets go of that as well', async () => {
  const kind = kindOf({});
  let go;
  const { open } = kind;
  kind.open = async (...args) => {
    await new Promise((resolve) => (go = resolve));
    return open(...args);
  };
  const port = library.servePort(ffi, 'mine', kind);
  const connecting = assert.rejects(connect('mine:x'), { codeName: 'SAFE_CLOSED' });
  while (!go) await settled();
  port.close();
  await connecting;
  go();
  await until(() => kind.closed === 1, 'it is not closed');
});

test('a library that is closed while a store works disturbs nobody', async () => {
  const other = await library.loadFfi({ wasm });
  let answer;
  const kind = kindOf({ create: () => new Promise((resolve) => (answer = resolve)) });
  library.servePort(other, 'mine', kind);
  const client = await connect('mine:x', other);
  const putting = assert.rejects(put(client, noise(5000, 1), other), { codeName: 'SAFE_CLOSED' });
  while (!answer) await settled();
  other.dispose();
  answer(true);
  await putting;
});
