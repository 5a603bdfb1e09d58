import type { Ffi } from '../ffi.js';

export * from '../ffi.js';
declare const safe_ffi: Ffi;
export default safe_ffi;
