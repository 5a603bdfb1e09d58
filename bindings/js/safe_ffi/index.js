// The C interface of libsafe, loaded once for all who import it.
import { loadFfi } from 'libsafe/ffi';

export * from 'libsafe/ffi';
export default await loadFfi();
