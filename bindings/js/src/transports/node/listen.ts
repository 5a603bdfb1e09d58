// Listens at tcp://host:port in Node.
import { failure, lost, type Connection } from '../transport.js';
import { placeOf, SocketConnection } from './socket.js';

const net = () => process.getBuiltinModule('node:net');

export interface Listener {
  /** Where it is reached: with the port that it has. */
  readonly url: string;
  close(): void;
}

/** `came` gets each connection, and the address that it comes from. */
export function listenTcp(url: string, came: (connection: Connection, from: string) => void): Promise<Listener> {
  if (!url.startsWith('tcp:')) {
    throw failure('SAFE_UNSUPPORTED', `cannot listen at ${url}: libsafe.wasm listens in Node, at tcp://host:port; the addon has ws:, wss: and http:`);
  }
  const { host, port } = placeOf(url);
  const server = net().createServer((socket) => {
    const from = socket.remoteAddress;
    if (from === undefined) socket.destroy(); // it has gone already
    else came(new SocketConnection(socket), from);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (problem) => {
      reject(lost(`cannot listen at ${url}: ${problem.message}; choose another address or port (0: any free one)`, problem));
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      server.on('error', () => {}); // of one connection that could not be taken; the others wait
      const bound = (server.address() as { port: number }).port;
      resolve({ url: url.replace(/:\d+\/?$/, `:${bound}`), close: () => void server.close() });
    });
  });
}
