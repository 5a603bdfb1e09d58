// In the page: the cases, for the test to call.
import * as safe from './libsafe/libsafe.js';
import { namesFor, run } from './run.mjs';

Object.assign(globalThis, { safe, namesFor, run: (name, place, more) => run(name, safe, place, more), ready: true });
