// Puts a text away and gets it back, through the core library parcel.c and the libsafe in it:
//
//   node parcel.mjs parcel-core.mjs       (in a page: import the core, `await create()`, and the same)
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const core = path.resolve(process.argv[2]);
const { default: create } = await import(pathToFileURL(core));
const module = await create({ wasmBinary: fs.readFileSync(core.replace(/\.mjs$/, '.wasm')) });

// A request ends by calling `ended`, from the library's loop.
let settle;
const ended = module.addFunction((_parcel, status) => settle(status), 'vii');
const text = (parcel) => module.UTF8ToString(module._parcel_text(parcel));
async function request(parcel, start) {
  const status = await new Promise((resolve) => {
    settle = resolve;
    parcel = start() ?? parcel;
  });
  if (status !== 0) throw new Error(`${status}: ${text(parcel)}`);
  return parcel;
}

const parcel = await request(0, () => module.ccall('parcel_open', 'number', ['string', 'number'], ['mem:', ended]));
const bytes = new TextEncoder().encode('From JavaScript, through C, to a vault and back.\n'.repeat(1000));
await request(parcel, () => module.ccall('parcel_put', null, ['number', 'array', 'number'], [parcel, bytes, bytes.length]));
const link = text(parcel);
await request(parcel, () => module.ccall('parcel_get', null, ['number', 'string'], [parcel, link]));
const at = module._parcel_bytes(parcel);
const back = module.HEAPU8.slice(at, at + module._parcel_size(parcel));
console.log(`${link.slice(0, 8)}..., ${back.length} bytes, ${Buffer.compare(back, bytes) ? 'other' : 'the same'} bytes`);

const refused = await request(parcel, () => module.ccall('parcel_get', null, ['number', 'string'], [parcel, 'nonsense'])).catch(
  ({ message }) => message,
);
console.log(refused);
module._parcel_close(parcel);
module.removeFunction(ended);
console.log(`${module._safe_debug_live_handles()} handles`);
