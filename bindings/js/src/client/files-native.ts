// The stores behind file: URLs as the library itself has them, over the addon.
import type { Ffi } from '../ffi/load.js';
import type { FigureFacts } from './engine.js';
import type { Files } from './files.js';
import { during } from './operations.js';
import type { Stop } from './stop.js';

export class NativeFiles implements Files {
  readonly vaultSeed = null;
  readonly #ffi: Ffi;

  constructor(ffi: Ffi) {
    this.#ffi = ffi;
  }

  get handles(): number {
    return 0;
  }

  connected(): void {}

  async closed(): Promise<void> {} // other processes and threads may have it open as well

  async figures(url: string, stop: Stop): Promise<FigureFacts | null> {
    if (!url.startsWith('file:')) return null;
    const ffi = this.#ffi;
    const report = await during(ffi, stop, () => ffi.safe_vault_info(url), ffi.safe_op_take_report);
    try {
      const of = (name: string) => Number(ffi.safe_report_value(report, name));
      return {
        objects: of('chunks') + of('records'),
        bytes: of('chunk_bytes') + of('record_bytes'),
        used: of('disk_bytes'),
        free: of('free_bytes'),
      };
    } finally {
      ffi.safe_report_free(report);
    }
  }

  counts(): null {
    return null;
  }

  close(): void {}
}
