// Serves the URLs of one scheme from a transport.
import {
  SAFE_ACCESS_DENIED, SAFE_BAD_URL, SAFE_BUSY, SAFE_CONNECTION_FAILED, SAFE_OUT_OF_MEMORY, SAFE_PORT_TRANSPORT, SAFE_REQUEST_RECEIVE,
  SAFE_REQUEST_SEND, SAFE_TIMEOUT, SAFE_UNSUPPORTED,
} from '../ffi/constants.js';
import type { safe_request } from '../ffi/functions.js';
import type { Ffi } from '../ffi/load.js';
import { Port, unknown } from '../ports/port.js';
import type { Connection, Open } from './transport.js';

const codes = new Set<number>([
  SAFE_CONNECTION_FAILED, SAFE_BAD_URL, SAFE_ACCESS_DENIED, SAFE_UNSUPPORTED, SAFE_TIMEOUT, SAFE_BUSY, SAFE_OUT_OF_MEMORY,
]);

export class TransportPort extends Port<Connection> {
  readonly #open: Open;

  constructor(ffi: Ffi, scheme: string, open: Open) {
    super(ffi, SAFE_PORT_TRANSPORT, scheme, codes, SAFE_CONNECTION_FAILED);
    this.#open = open;
  }

  protected override open(request: safe_request): Promise<Connection> {
    return this.#open(this.ffi.safe_request_url(request));
  }

  protected override async work(request: safe_request, connection: Connection): Promise<() => void> {
    const { ffi } = this;
    const kind = ffi.safe_request_kind(request);
    switch (kind) {
      case SAFE_REQUEST_SEND:
        await connection.send(ffi.safe_request_data(request)!);
        return () => ffi.safe_request_done(request, 1);
      case SAFE_REQUEST_RECEIVE: {
        const bytes = await connection.receive(Number(ffi.safe_request_length(request)));
        return () => (bytes ? ffi.safe_request_give(request, bytes) : ffi.safe_request_none(request));
      }
      default:
        throw unknown('transport', kind);
    }
  }

  protected override async end(connection: Connection): Promise<void> {
    connection.close();
  }
}
