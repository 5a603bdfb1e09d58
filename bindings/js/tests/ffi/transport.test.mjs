// A transport of the program's own, written in JavaScript: two instances of the library, a client and a vault, that see
// of each other only the bytes that a pair of pipes carries.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { bytesOf, failure, ffi, flat, noise, put, result } from './flat.mjs';

const { SAFE_REQUEST_CLOSE, SAFE_REQUEST_OPEN, SAFE_REQUEST_RECEIVE, SAFE_REQUEST_SEND } = flat;

/** Bytes on their way in one direction, at most `room` of them; in pieces of all sizes. */
class Pipe {
  closed = false;
  carried = 0;
  #held = Buffer.alloc(0);
  #reader = null;
  #writer = null;

  constructor(room = 100_000) {
    this.room = room;
  }

  /** `taken` is called when there is room for them. */
  write(bytes, taken) {
    this.#writer = { bytes, taken };
    this.#move();
  }

  /** `given` is called with some bytes, or null at the end. */
  read(length, given) {
    this.#reader = { length, given };
    this.#move();
  }

  close() {
    this.closed = true;
    this.#move();
  }

  #move() {
    if (this.#writer && this.#held.length < this.room) {
      const { bytes, taken } = this.#writer;
      this.#writer = null;
      this.carried += bytes.length;
      this.#held = Buffer.concat([this.#held, bytes]);
      taken();
    }
    if (this.#reader && (this.#held.length > 0 || this.closed)) {
      const { length, given } = this.#reader;
      this.#reader = null;
      const some = this.#held.subarray(0, Math.min(length, 1 + (this.carried % 50_000)));
      this.#held = this.#held.subarray(some.length);
      given(some.length > 0 ? some : null);
      if (this.#writer) this.#move();
    }
  }
}

/** Serves the scheme of a transport with one pair of pipes after the other, as `pipes` gives them. */
function serve(library, scheme, pipes) {
  const port = library.safe_port_create(flat.SAFE_PORT_TRANSPORT, scheme);
  const connections = new Map();
  // An answer to what waits at the end comes too late, which is no mistake.
  const answered = (request, answer) => {
    try {
      answer(request);
    } catch (problem) {
      if (problem.codeName !== 'SAFE_CLOSED') throw problem;
    } finally {
      library.safe_request_free(request);
    }
  };
  const done = (request) => answered(request, (one) => library.safe_request_done(one, 1));
  const answers = {
    [SAFE_REQUEST_OPEN]: (request, connection) => {
      connections.set(connection, pipes());
      done(request);
    },
    [SAFE_REQUEST_SEND]: (request, connection) => {
      connections.get(connection).out.write(library.safe_request_data(request), () => done(request));
    },
    [SAFE_REQUEST_RECEIVE]: (request, connection) => {
      const length = Number(library.safe_request_length(request));
      connections.get(connection).in.read(length, (bytes) => answered(request, (one) =>
        (bytes ? library.safe_request_give(one, bytes) : library.safe_request_none(one))));
    },
    [SAFE_REQUEST_CLOSE]: (request, connection) => {
      connections.get(connection)?.out.close();
      connections.get(connection)?.in.close();
      done(request);
    },
  };
  const wake = (port) => {
    if (port === null) return;
    for (let one = library.safe_port_next(port, 0); one !== null; one = library.safe_port_next(port, 0)) {
      answers[library.safe_request_kind(one)](one, library.safe_request_connection(one));
    }
    library.safe_port_on_request(port, wake);
  };
  library.safe_port_on_request(port, wake);
  return port;
}

const vaults = await flat.loadFfi();
after(() => assert.equal(vaults.safe_debug_live_handles(), 0n, 'handles are left in the vault'));

/** A client here of a vault there, with the two pipes between them. */
async function connected() {
  const [there, back] = [new Pipe(), new Pipe()];
  const ports = {
    client: serve(ffi, 'pipe', () => ({ in: back, out: there })),
    vault: serve(vaults, 'pipe-end', () => ({ in: there, out: back })), // over the addon both are of one library
  };
  const serving = vaults.safe_vault_serve('mem:', 'pipe-end:', 0);
  const client = await result(ffi.safe_connect('pipe:', 0), 'client');
  const close = () => {
    ffi.safe_port_free(ports.client);
    vaults.safe_op_free(serving);
    vaults.safe_port_free(ports.vault);
  };
  return { client, there, back, serving, close };
}

test('content and records go over the pipes, encrypted, and come back', async () => {
  const { client, there, back, serving, close } = await connected();
  const content = noise(6_000_000);
  const link = await put(client, content);
  assert.ok(there.carried > content.length && there.carried < content.length * 1.1, `${there.carried} bytes were carried`);
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, content.length), 'bytes')), content);
  assert.ok(back.carried > content.length);

  const reader = await result(ffi.safe_open(client, link), 'reader');
  const before = back.carried;
  assert.deepEqual(bytesOf(await result(ffi.safe_reader_read(reader, 5_000_000, 10), 'bytes')), content.slice(5_000_000, 5_000_010));
  assert.ok(back.carried - before < 2.1e6, 'more than the chunk that was needed was fetched');

  const key = ffi.safe_key_generate();
  ffi.safe_record_free(await result(ffi.safe_record_create(client, key, 'r', Uint8Array.of(1)), 'record'));
  await assert.rejects(result(ffi.safe_record_create(client, key, 'r', Uint8Array.of(2)), 'record'), failure('SAFE_DATA_EXISTS'));

  for (const [name, handle] of Object.entries({ key, reader, link, client })) ffi[`safe_${name}_free`](handle);
  await vaults.ended(serving); // the client has closed
  vaults.safe_op_wait(serving, 0);
  close();
});

test('a connection that breaks is an error of its own kind', async () => {
  const { client, there, back, serving, close } = await connected();
  const putting = ffi.safe_put(client, noise(3_000_000), flat.SAFE_PUT_PRIVATE);
  while (there.carried < 100_000) await new Promise((resolve) => setImmediate(resolve));
  there.close();
  back.close();
  await assert.rejects(result(putting, 'receipt'), failure('SAFE_CONNECTION_FAILED'));
  await vaults.ended(serving);
  ffi.safe_client_free(client);
  close();
});
