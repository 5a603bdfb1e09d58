// The WebSocket client of Node alone, made from the package's sources: frames in pieces of any size, and what is none.
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { bundle, temporaryFolder } from '../stores/bundle.mjs';
import { noise, random } from '../api/check.mjs';

const seed = Number(process.env.SAFE_SEED ?? Date.now() % 2 ** 31);
console.log(`SAFE_SEED=${seed}`);
let framed, FrameReader, Inbox;
before(async () => {
  const modules = "export * from './transports/node/frames.ts'; export * from './transports/inbox.ts';";
  const file = await bundle('frames.mjs', modules, await temporaryFolder());
  ({ framed, FrameReader, Inbox } = await import(path.resolve(file)));
});

/** A frame as a server sends it. */
function sent(opcode, bytes, final = true) {
  const { length } = bytes;
  const head = length < 126 ? [length] : length < 65536 ? [126, length >> 8, length & 255] : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode, ...head]), bytes]);
}

/** What a client has sent, by the rules of RFC 6455, section 5. */
function unmasked(frame) {
  const short = frame[1] & 127;
  const at = short === 126 ? 4 : short === 127 ? 10 : 2;
  const length = short === 126 ? frame.readUInt16BE(2) : short === 127 ? Number(frame.readBigUInt64BE(2)) : short;
  const mask = frame.subarray(at, at + 4);
  return { first: frame[0], masked: frame[1] >> 7, length, bytes: frame.subarray(at + 4).map((byte, to) => byte ^ mask[to & 3]) };
}

test('frames that are written are masked, and hold what was sent', () => {
  for (const size of [1, 2, 3, 4, 125, 126, 127, 65535, 65536]) {
    const bytes = noise(size, size);
    const { first, masked, length, bytes: back } = unmasked(Buffer.from(framed(2, bytes)));
    assert.deepEqual([first, masked, length], [0x82, 1, size]);
    assert.equal(Buffer.compare(back, bytes), 0);
  }
  assert.notDeepEqual(framed(2, Uint8Array.of(1)), framed(2, Uint8Array.of(1)));
});

test('frames that are read come in pieces of any size, in fragments, and with others between', () => {
  const next = random(seed);
  for (let round = 0; round < 100; ++round) {
    const wanted = [];
    const controls = [];
    const frames = [];
    for (let message = 0; message < 10; ++message) {
      const bytes = Buffer.from(noise(1 + Math.floor(next() ** 3 * 65536), round * 10 + message));
      wanted.push(bytes);
      const parts = Math.min(bytes.length, 1 + Math.floor(next() * 4));
      for (let part = 0; part < parts; ++part) {
        const [from, to] = [part, part + 1].map((at) => Math.floor((bytes.length * at) / parts));
        frames.push(sent(part === 0 ? 2 : 0, bytes.subarray(from, to), part === parts - 1));
        if (next() < 0.3) {
          controls.push(Buffer.from(noise(Math.floor(next() * 126), part)));
          frames.push(sent(9, controls.at(-1)));
        }
      }
    }
    const [got, told] = [[], []];
    const reader = new FrameReader({ bytes: (part) => got.push(Buffer.from(part)), control: (_, body) => told.push(Buffer.from(body)) });
    const all = Buffer.concat(frames);
    for (let at = 0; at < all.length; ) {
      const size = 1 + Math.floor(next() ** 4 * 100_000);
      reader.take(all.subarray(at, (at += size)));
    }
    assert.equal(Buffer.compare(Buffer.concat(got), Buffer.concat(wanted)), 0);
    assert.equal(Buffer.compare(Buffer.concat(told), Buffer.concat(controls)), 0);
  }
});

test('whatever comes, nothing but an Error is thrown, and no more is given than came', () => {
  const next = random(seed + 1);
  for (let round = 0; round < 20_000; ++round) {
    const bytes = Uint8Array.from({ length: Math.floor(next() * 60) }, () => (next() < 0.4 ? [0x82, 0x02, 0x80, 0x89, 1, 126, 127][Math.floor(next() * 7)] : next() * 256));
    let given = 0;
    const reader = new FrameReader({ bytes: (part) => (given += part.length), control: (_, body) => (given += body.length) });
    try {
      reader.take(bytes);
    } catch (problem) {
      assert.match(problem.message, /frame|message/);
    }
    assert.ok(given <= bytes.length);
  }
});

test('what lies in an inbox is given in order, and its end behind it', async () => {
  const box = new Inbox();
  const early = box.take(10);
  box.put(Uint8Array.of(1, 2, 3));
  assert.deepEqual([...(await early)], [1, 2, 3]);
  box.put(Uint8Array.of(4, 5, 6));
  box.put(Uint8Array.of(7));
  box.fail(new Error('reset'));
  box.put(Uint8Array.of(8));
  assert.equal(box.size, 4);
  assert.deepEqual([...(await box.take(2))], [4, 5]);
  assert.deepEqual([...(await box.take(9))], [6]);
  assert.deepEqual([...(await box.take(9))], [7]);
  await assert.rejects(box.take(9), /reset/);
  const dropped = new Inbox();
  dropped.put(Uint8Array.of(1));
  dropped.drop();
  assert.equal(await dropped.take(1), null);
});
