// The frames of WebSocket (RFC 6455, section 5), as a client writes and reads them.

export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;
const CONTINUATION = 0;

const largest = 65536; // bytes of a message (docs/protocol.md)
const largestControl = 125;

/** One whole frame; masked, as all that a client sends. */
export function framed(opcode: number, bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const frame = new Uint8Array(6 + extended + length);
  const view = new DataView(frame.buffer);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const mask = frame.subarray(2 + extended, 6 + extended);
  crypto.getRandomValues(mask);
  const [a, b, c, d] = mask as unknown as [number, number, number, number];
  let to = 6 + extended;
  let at = 0;
  for (; at + 4 <= length; at += 4, to += 4) {
    frame[to] = bytes[at]! ^ a;
    frame[to + 1] = bytes[at + 1]! ^ b;
    frame[to + 2] = bytes[at + 2]! ^ c;
    frame[to + 3] = bytes[at + 3]! ^ d;
  }
  for (; at < length; ++at, ++to) frame[to] = bytes[at]! ^ mask[at & 3]!;
  return frame;
}

export interface Frames {
  /** Bytes of the stream: parts of binary messages. */
  bytes(part: Uint8Array): void;
  /** A whole control frame. */
  control(opcode: number, body: Uint8Array): void;
}

/** Takes what a server sends, in pieces of any size. Throws an Error for what RFC 6455, or the protocol, does not allow. */
export class FrameReader {
  readonly #to: Frames;
  readonly #head = new Uint8Array(10);
  #had = 0; // bytes of the head
  #left = 0; // bytes of the payload that have not come
  #opcode = 0;
  #control: Uint8Array | undefined; // the body of a control frame, as far as it came
  #message = -1; // bytes of the message that is under way; -1: none is
  #final = true;

  constructor(to: Frames) {
    this.#to = to;
  }

  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left === 0) {
        this.#head[this.#had++] = bytes[at++]!;
        if (this.#had === this.#size()) this.#begin();
        continue;
      }
      const part = bytes.subarray(at, at + this.#left);
      at += part.length;
      if (this.#control) this.#control.set(part, this.#control.length - this.#left);
      else this.#to.bytes(part);
      this.#left -= part.length;
      if (this.#left === 0) this.#end();
    }
  }

  /** Bytes of the head, as far as that is known. */
  #size(): number {
    if (this.#had < 2) return 2;
    const length = this.#head[1]! & 0x7f;
    return length === 126 ? 4 : length === 127 ? 10 : 2;
  }

  #begin(): void {
    const [first, second] = [this.#head[0]!, this.#head[1]!];
    const view = new DataView(this.#head.buffer);
    const short = second & 0x7f;
    const length = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
    this.#had = 0;
    this.#final = (first & 0x80) !== 0;
    this.#opcode = first & 0x0f;
    if ((first & 0x70) !== 0 || (second & 0x80) !== 0) throw new Error('a frame has bits that nobody agreed on');
    if (this.#opcode >= CLOSE) {
      if (!this.#final || length > largestControl || this.#opcode > PONG) throw new Error('a control frame is none');
      this.#control = new Uint8Array(length);
    } else {
      this.#part(length);
    }
    this.#left = length;
    if (length === 0) this.#end();
  }

  /** The next part of a message. */
  #part(length: number): void {
    const begins = this.#message < 0;
    if (this.#opcode !== (begins ? BINARY : CONTINUATION)) throw new Error('a message is not of bytes');
    this.#message = Math.max(this.#message, 0) + length;
    if (this.#message > largest) throw new Error('a message is too large');
    if (this.#final && this.#message === 0) throw new Error('a message is empty');
  }

  #end(): void {
    const control = this.#control;
    this.#control = undefined;
    if (control) this.#to.control(this.#opcode, control);
    else if (this.#final) this.#message = -1;
  }
}
