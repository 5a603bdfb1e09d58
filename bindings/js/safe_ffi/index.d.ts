import type { Ffi } from 'libsafe/ffi';

export * from 'libsafe/ffi';
declare const safe_ffi: Ffi;
export default safe_ffi;
