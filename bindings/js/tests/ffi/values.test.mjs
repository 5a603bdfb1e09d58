// What goes in comes out the same: bytes in any clothes, texts, numbers beyond 2^53; and failures tell all they know.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, connect, failure, ffi, flat, noise, put, result } from './flat.mjs';

const seed = Uint8Array.from({ length: 32 }, (_, at) => at);

test('views with offsets, of every kind, give the bytes that they show', async () => {
  const whole = noise(4096);
  const client = await connect();
  const views = [
    whole.subarray(7, 1007),
    new DataView(whole.buffer, 7, 1000),
    new Uint16Array(whole.slice(7, 1007).buffer),
    Buffer.from(whole.buffer, 7, 1000),
    whole.slice(7, 1007).buffer,
  ];
  for (const view of views) {
    const link = await put(client, view);
    const bytes = bytesOf(await result(ffi.safe_get_bytes(client, link, 1000), 'bytes'));
    assert.deepEqual(bytes, whole.slice(7, 1007));
    ffi.safe_link_free(link);
  }
  ffi.safe_client_free(client);
});

test('read_into and bytes_copy fill the part that a view shows, and nothing else', async () => {
  const client = await connect();
  const content = noise(1000);
  const link = await put(client, content);
  const reader = await result(ffi.safe_open(client, link), 'reader');
  const room = new Uint8Array(300).fill(0xee);
  const filled = await result(ffi.safe_reader_read_into(reader, 10, room.subarray(100, 200)), 'u64');
  assert.equal(filled, 100n);
  assert.deepEqual(room.slice(100, 200), content.slice(10, 110));
  assert.ok(room.slice(0, 100).every((byte) => byte === 0xee) && room.slice(200).every((byte) => byte === 0xee));

  const bytes = await result(ffi.safe_reader_read(reader, 0, 1000), 'bytes');
  ffi.safe_bytes_copy(bytes, 500, new DataView(room.buffer, 250, 50));
  assert.deepEqual(room.slice(250), content.slice(500, 550));
  assert.throws(() => ffi.safe_bytes_copy(bytes, 990, new Uint8Array(11)), failure('SAFE_INVALID_RANGE'));
  for (const [name, handle] of Object.entries({ bytes, reader, link, client })) ffi[`safe_${name}_free`](handle);
});

test('what was given may change as soon as the call returns', async () => {
  const client = await connect();
  const content = noise(100_000);
  const kept = content.slice();
  const op = ffi.safe_put(client, content, flat.SAFE_PUT_PRIVATE);
  content.fill(0);
  const receipt = await result(op, 'receipt');
  const link = ffi.safe_receipt_link(receipt);
  assert.deepEqual(bytesOf(await result(ffi.safe_get_bytes(client, link, 100_000), 'bytes')), kept);
  for (const [name, handle] of Object.entries({ receipt, link, client })) ffi[`safe_${name}_free`](handle);
});

test('texts of every script come back, and what is no text is refused', async () => {
  const link = ffi.safe_link_from_address(seed);
  for (const name of ['Grüße, 你好, 🧂.txt', 'x'.repeat(128), null]) {
    const named = ffi.safe_link_with(link, name, name === null ? null : 'text/plain');
    const again = ffi.safe_link_parse(ffi.safe_link_text(named));
    assert.equal(ffi.safe_link_name(again), name);
    assert.equal(ffi.safe_link_media_type(again), name === null ? null : 'text/plain');
    assert.deepEqual(ffi.safe_link_address(again), seed);
    ffi.safe_link_free(named);
    ffi.safe_link_free(again);
  }
  assert.throws(() => ffi.safe_link_with(link, 'a\0b', null), failure('SAFE_INVALID_ARGUMENT', /name: .*NUL/));
  assert.throws(() => ffi.safe_link_with(link, '\ud800', null), failure('SAFE_INVALID_ARGUMENT', /name: .*surrogate/));
  assert.throws(() => ffi.safe_link_parse(7), failure('SAFE_INVALID_ARGUMENT', /text: string/));
  ffi.safe_link_free(link);
});

test('numbers are what they are, beyond 2^53 too, and never bent to fit', async () => {
  const client = await connect();
  const key = ffi.safe_key_import(seed);
  const record = await result(ffi.safe_record_create(client, key, 'n', new Uint8Array(2)), 'record');
  assert.equal(ffi.safe_record_version(record), 0n);
  const newest = await result(ffi.safe_record_get(client, ffi.safe_record_address(record), 2n ** 64n - 1n), 'record');
  assert.equal(ffi.safe_record_version(newest), 0n);
  for (const version of [2n ** 64n, -1n, -1, 0.5, 2 ** 53, NaN, '1']) {
    assert.throws(() => ffi.safe_record_get(client, seed, version), failure('SAFE_INVALID_ARGUMENT', /^version: /), String(version));
  }
  assert.throws(() => ffi.safe_record_list(client, seed, 0, 2 ** 32), failure('SAFE_INVALID_ARGUMENT', /^limit: /));
  const short = () => ffi.safe_record_get(client, seed.subarray(1), 0);
  assert.throws(short, failure('SAFE_INVALID_ARGUMENT', /address: 32 bytes expected, not 31/));
  for (const one of [record, newest]) ffi.safe_record_free(one);
  ffi.safe_key_free(key);
  ffi.safe_client_free(client);
});

test('a failure has code, name, message and details', async () => {
  const client = await connect();
  const key = ffi.safe_key_import(seed);
  ffi.safe_record_free(await result(ffi.safe_record_create(client, key, 'label', new Uint8Array(2)), 'record'));
  await assert.rejects(result(ffi.safe_record_set(client, key, 'label', 5, new Uint8Array(1)), 'record'), (problem) => {
    assert.ok(failure('SAFE_INVALID_SUCCESSOR')(problem));
    assert.equal(problem.details.current_version, 0n);
    return true;
  });
  assert.throws(() => ffi.safe_link_parse('safe:nothing'), failure('SAFE_BAD_LINK'));
  assert.equal(ffi.safe_code_name(flat.SAFE_STORE_FULL), 'SAFE_STORE_FULL');
  const refused = ffi.safe_connect('ftp://x', 0);
  await assert.rejects(result(refused, 'client'), failure('SAFE_BAD_URL'));
  ffi.safe_key_free(key);
  ffi.safe_client_free(client);
});

test('handles: twice freed, wrong in type, or of another instance of the library', async () => {
  const key = ffi.safe_key_import(seed);
  assert.throws(() => ffi.safe_link_text(key), failure('SAFE_INVALID_HANDLE'));
  ffi.safe_link_free(key); // not a link: nothing happens
  assert.equal(ffi.safe_key_public(key).length, 32);
  const other = await flat.loadFfi();
  assert.throws(() => other.safe_key_public(key), failure('SAFE_INVALID_HANDLE'));
  ffi.safe_key_free(key);
  ffi.safe_key_free(key);
  assert.throws(() => ffi.safe_key_public(key), failure('SAFE_INVALID_HANDLE'));
  other.dispose();
  assert.throws(() => other.safe_version_string(), failure('SAFE_CLOSED'));
});

test('keys: what was signed is verified, and nothing else', () => {
  const key = ffi.safe_key_generate();
  const again = ffi.safe_key_import(ffi.safe_key_export(key));
  const data = noise(100);
  const signature = ffi.safe_key_sign(again, data);
  ffi.safe_key_verify(ffi.safe_key_public(key), data, signature);
  data[50] ^= 1;
  assert.throws(() => ffi.safe_key_verify(ffi.safe_key_public(key), data, signature), failure('SAFE_BAD_SIGNATURE'));
  ffi.safe_key_free(key);
  ffi.safe_key_free(again);
});
