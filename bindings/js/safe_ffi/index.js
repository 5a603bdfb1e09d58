// The C interface of libsafe, loaded once for all who import it. This folder lies inside of the package libsafe, also when it
// is installed: npm makes a link to it.
import { loadFfi } from '../ffi.js';

export * from '../ffi.js';
export default await loadFfi();
