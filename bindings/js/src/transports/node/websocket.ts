// ws: and wss: in Node: RFC 6455 over a socket. Node 20 has no WebSocket of its own, and that of later ones reads without
// being asked and keeps the process.
import { lost, patience, room, type Connection } from '../transport.js';
import { BINARY, CLOSE, framed, FrameReader, PING, PONG } from './frames.js';
import { openPlain, openTls, placeOf, type SocketConnection } from './socket.js';

const largestHead = 8192; // of the answer to the request
const read = 64 << 10;
const beginning = 'HTTP/1.1 ';

const cryptography = () => process.getBuiltinModule('node:crypto');

export async function openWebSocket(url: string): Promise<Connection> {
  const socket = await (url.startsWith('wss:') ? openTls(url) : openPlain(url));
  const timer = setTimeout(() => socket.close(), patience);
  timer.unref();
  try {
    return await upgraded(url, socket);
  } catch (problem) {
    socket.close();
    throw problem;
  } finally {
    clearTimeout(timer);
  }
}

async function upgraded(url: string, socket: SocketConnection): Promise<Connection> {
  const { path } = placeOf(url);
  const host = /^[a-z]+:\/\/([^/]*)/.exec(url)![1]!;
  const key = cryptography().randomBytes(16).toString('base64');
  await socket.send(new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  ));
  const { head, rest } = await answer(socket);
  check(head, key);
  return new WebSocketConnection(socket, rest);
}

/** The head of the answer, and what came behind it. */
async function answer(socket: SocketConnection): Promise<{ head: string; rest: Uint8Array }> {
  const latin1 = new TextDecoder('latin1');
  let text = ''; // a character for each byte
  for (;;) {
    const bytes = await socket.receive(read);
    if (bytes === null) throw lost('the connection ended before it was a WebSocket; is a vault served there, and over ws:?');
    const before = text.length;
    text += latin1.decode(bytes);
    if (!text.startsWith(beginning.slice(0, text.length))) throw lost('what is there does not speak HTTP; is a vault served there, and over ws:?');
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0 && end <= largestHead) return { head: text.slice(0, end), rest: bytes.subarray(end + 4 - before) };
    if (text.length > largestHead) throw lost('the answer is longer than one to a WebSocket is; is a vault served there?');
  }
}

function check(head: string, key: string): void {
  const [status = '', ...lines] = head.split('\r\n');
  const number = status.split(' ')[1];
  if (number !== '101') throw lost(`the answer is HTTP ${number}, not a WebSocket; are address and path right?`);
  const fields = new Map(lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  // RFC 6455, section 4.2.2.
  const accept = cryptography().createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const extended = fields.has('sec-websocket-extensions') || fields.has('sec-websocket-protocol');
  if (fields.get('upgrade')?.toLowerCase() !== 'websocket' || fields.get('sec-websocket-accept') !== accept || extended) {
    throw lost('the answer is not the one to this WebSocket; is a vault served there?');
  }
}

class WebSocketConnection implements Connection {
  readonly #socket: SocketConnection;
  readonly #reader = new FrameReader({
    bytes: (part) => this.#parts.push(part),
    control: (opcode, body) => this.#control(opcode, body),
  });
  readonly #parts: Uint8Array[] = []; // of what was read last
  #rest: Uint8Array | null; // what came behind the head of the answer
  #ended = false; // the other side has said so
  #closed = false;

  constructor(socket: SocketConnection, rest: Uint8Array) {
    this.#socket = socket;
    this.#rest = rest;
  }

  send(bytes: Uint8Array): Promise<void> {
    return this.#socket.send(framed(BINARY, bytes));
  }

  async receive(most: number): Promise<Uint8Array | null> {
    while (this.#parts.length === 0) {
      if (this.#ended) return null;
      const bytes = this.#rest ?? (await this.#socket.receive(read));
      this.#rest = null;
      if (bytes === null) {
        if (this.#closed) return null;
        throw lost('the connection ended without a word; connect again');
      }
      this.#take(bytes);
    }
    const first = this.#parts[0]!;
    if (first.length <= most) return this.#parts.shift()!;
    this.#parts[0] = first.subarray(most);
    return first.subarray(0, most);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.say(framed(CLOSE, Uint8Array.of(0x03, 0xe8))); // 1000: it has done what it was made for
    this.#socket.close();
  }

  #take(bytes: Uint8Array): void {
    try {
      this.#reader.take(bytes);
    } catch (problem) {
      this.close();
      throw lost(`${(problem as Error).message}, which is no WebSocket as vaults have them; connect again`, problem);
    }
  }

  #control(opcode: number, body: Uint8Array): void {
    if (opcode === CLOSE) this.#ended = true;
    if (opcode !== PING || this.#closed) return;
    if (this.#socket.waiting > room) return; // who does not read gets no answers
    this.#socket.say(framed(PONG, body));
  }
}
