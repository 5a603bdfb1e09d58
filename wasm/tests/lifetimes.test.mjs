// The library's process begins with the first client and ends with the last: again and again, in every order.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Safe } from './module.mjs';

const safe = await Safe.load(process.env.SAFE_WASM_DIR);
const { module } = safe;
const content = new Uint8Array(50_000).map((_, i) => (i * 31) >> 3);

after(() => assert.equal(module._safe_debug_live_handles(), 0n));

function put(client) {
  return safe.with(content, (at) => module._safe_put(client, at, content.length, 1));
}

test('clients come and go', async () => {
  for (let round = 0; round < 300; ++round) {
    const client = await safe.connect('mem:');
    if (round % 3) module._safe_receipt_free(await safe.result('receipt', put(client)));
    module._safe_client_free(client);
  }
});

test('a client is freed with operations in flight, which end', async () => {
  for (let round = 0; round < 100; ++round) {
    const client = await safe.connect('mem:');
    const ops = [put(client), put(client), put(client)];
    for (let turn = round % 7; turn > 0; --turn) module._safe_wasm_pump();
    module._safe_client_free(client);
    for (const op of ops) {
      const ended = safe.result('receipt', op).then((receipt) => module._safe_receipt_free(receipt));
      await ended.catch((failure) => assert.equal(failure.code, -3022));
    }
  }
});

test('a client is freed in a callback of its own operation', async () => {
  for (let round = 0; round < 50; ++round) {
    const client = await safe.connect('mem:');
    const first = put(client);
    const second = put(client);
    const called = new Promise((resolve) => {
      const done = module.addFunction(() => {
        module._safe_client_free(client);
        setTimeout(() => module.removeFunction(done));
        resolve();
      }, 'vii');
      assert.equal(module._safe_op_on_done(first, done, 0, 0), 0);
    });
    await called;
    for (const op of [first, second]) {
      const ended = safe.result('receipt', op).then((receipt) => module._safe_receipt_free(receipt));
      await ended.catch((failure) => assert.equal(failure.code, -3022));
    }
  }
});
