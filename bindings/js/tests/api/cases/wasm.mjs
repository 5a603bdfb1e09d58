// libsafe.wasm from wherever it is said to be.
import { equal, fails, text } from '../check.mjs';
import { test } from './cases.mjs';

test('libsafe.wasm may be given as a URL, text, bytes, a Response or a compiled module', async ({ connect, wasm }) => {
  const bytes = await wasm.bytes();
  const forms = {
    URL: new URL(wasm.url), text: wasm.url, bytes, buffer: bytes.slice().buffer,
    Response: new Response(bytes, { headers: { 'Content-Type': 'application/wasm' } }),
    'a Response of another type': new Response(bytes), module: await WebAssembly.compile(bytes),
  };
  for (const [form, source] of Object.entries(forms)) {
    const client = await connect('mem:', { wasm: source });
    equal((await client.put(text(form))).size, form.length, form);
    await client.close();
  }
}, { alone: true });

test('what is no libsafe.wasm is a clear failure, and the next connection works', async ({ connect, wasm, safe }) => {
  await fails(connect('mem:', { wasm: new Uint8Array(8) }), 'CompileError');
  await fails(connect('mem:', { wasm: `${wasm.url}.none` }), wasm.missing);
  equal(await safe.liveHandles(), 0, 'handles');
  await (await connect()).close();
}, { alone: true });
