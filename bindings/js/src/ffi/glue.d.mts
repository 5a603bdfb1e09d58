// glue.mjs is what Emscripten writes (build/wasm/libsafe.mjs); it is put beside this file when the package is made.
import type { CreateModule } from './module.js';

declare const create: CreateModule;
export default create;
