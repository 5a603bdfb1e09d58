// A store of the program's own, written in JavaScript against the port table: a map, answered late and out of order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, failure, ffi, flat, noise, put, result } from './flat.mjs';

/** Serves `scheme` from a map of keys to bytes. */
function serve(scheme, map) {
  const port = ffi.safe_port_create(flat.SAFE_PORT_STORE, scheme);
  const answers = {
    [flat.SAFE_REQUEST_OPEN]: (one) => ffi.safe_request_done(one, 1),
    [flat.SAFE_REQUEST_CLOSE]: (one) => ffi.safe_request_done(one, 1),
    [flat.SAFE_REQUEST_CREATE]: (one, key) => {
      const there = map.has(key);
      if (!there) map.set(key, ffi.safe_request_data(one) ?? new Uint8Array(0));
      ffi.safe_request_done(one, there ? 0 : 1);
    },
    [flat.SAFE_REQUEST_REPLACE]: (one, key) => {
      map.set(key, ffi.safe_request_data(one) ?? new Uint8Array(0));
      ffi.safe_request_done(one, 1);
    },
    [flat.SAFE_REQUEST_GET]: (one, key) => {
      const [offset, length] = [Number(ffi.safe_request_offset(one)), Number(ffi.safe_request_length(one))];
      if (!map.has(key)) ffi.safe_request_none(one);
      else ffi.safe_request_give(one, map.get(key).subarray(offset, offset + length));
    },
    [flat.SAFE_REQUEST_EXISTS]: (one, key) => ffi.safe_request_done(one, map.has(key) ? 1 : 0),
    [flat.SAFE_REQUEST_LIST]: (one, prefix) => {
      const after = ffi.safe_request_after(one);
      const keys = [...map.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
      const limit = Number(ffi.safe_request_limit(one));
      for (const key of keys.slice(0, limit)) ffi.safe_request_add(one, key, map.get(key).length);
      ffi.safe_request_done(one, keys.length > limit ? 1 : 0);
    },
    [flat.SAFE_REQUEST_REMOVE]: (one, key) => ffi.safe_request_done(one, map.delete(key) ? 1 : 0),
    [flat.SAFE_REQUEST_FIGURES]: (one) => ffi.safe_request_fail(one, flat.SAFE_UNSUPPORTED, 'it does not count'),
  };
  const wake = (port) => {
    if (port === null) return;
    for (let one = ffi.safe_port_next(port, 0); one !== null; one = ffi.safe_port_next(port, 0)) {
      setTimeout(() => {
        try {
          answers[ffi.safe_request_kind(one)](one, ffi.safe_request_key(one));
        } catch (problem) {
          if (problem.code !== flat.SAFE_CLOSED) throw problem; // the port was freed meanwhile
        } finally {
          ffi.safe_request_free(one);
        }
      }, Math.random() * 4);
    }
    ffi.safe_port_on_request(port, wake);
  };
  ffi.safe_port_on_request(port, wake);
  return port;
}

test('content and records are kept by a store in JavaScript', async () => {
  const map = new Map();
  const port = serve('map', map);
  const client = await result(ffi.safe_connect('map:here', 0), 'client');
  assert.equal(ffi.safe_client_url(client), 'map:here');
  const content = noise(6_000_000);
  const link = await put(client, content);
  assert.ok(map.size >= 3);
  assert.ok([...map.values()].every((value) => !Buffer.from(value).includes(content.subarray(0, 64))), 'it is encrypted');
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, content.length), 'bytes')), content);

  const key = ffi.safe_key_generate();
  ffi.safe_record_free(await result(ffi.safe_record_create(client, key, 'r', Uint8Array.of(1)), 'record'));
  ffi.safe_record_free(await result(ffi.safe_record_set(client, key, 'r', 1, Uint8Array.of(2)), 'record'));
  const address = ffi.safe_record_address_of(ffi.safe_key_public(key), 'r');
  const newest = await result(ffi.safe_record_get(client, address, 2n ** 64n - 1n), 'record');
  assert.deepEqual(bytesOf(ffi.safe_record_value(newest)), Uint8Array.of(2));

  for (const [name, handle] of Object.entries({ record: newest, key, link, client, port })) ffi[`safe_${name}_free`](handle);
});

test('what a store has altered is not taken for what was put', async () => {
  const map = new Map();
  const port = serve('liar', map);
  const client = await result(ffi.safe_connect('liar:', 0), 'client');
  const link = await put(client, noise(10_000));
  for (const [key, value] of map) if (value.length > 1000) map.set(key, value.map((byte) => byte ^ 1));
  await assert.rejects(result(ffi.safe_get_bytes(client, link, 10_000), 'bytes'), failure('SAFE_CHUNK_CORRUPT'));
  for (const [name, handle] of Object.entries({ link, client, port })) ffi[`safe_${name}_free`](handle);
});

test('a scheme has one port, and none is served after it was freed', async () => {
  const port = serve('one', new Map());
  assert.throws(() => ffi.safe_port_create(flat.SAFE_PORT_STORE, 'one'), failure('SAFE_BUSY'));
  assert.throws(() => ffi.safe_port_create(flat.SAFE_PORT_STORE, 'mem'), failure('SAFE_INVALID_ARGUMENT'));
  const client = await result(ffi.safe_connect('one:', 0), 'client');
  ffi.safe_port_free(port);
  await assert.rejects(result(ffi.safe_put(client, noise(100), 1), 'receipt'), failure('SAFE_CLOSED'));
  ffi.safe_client_free(client);
});
