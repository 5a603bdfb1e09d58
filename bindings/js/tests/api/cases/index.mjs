import './contents.mjs';
import './ends.mjs';
import './many.mjs';
import './mistakes.mjs';
import './reading.mjs';
import './records.mjs';
import './stores.mjs';
import './wasm.mjs';

export { cases } from './cases.mjs';
