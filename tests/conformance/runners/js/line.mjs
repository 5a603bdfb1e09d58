// The lines that a runner reads and writes (README, "What a runner speaks"). Files are the host's: of Node, or of a page's driver.

const encoder = new TextEncoder();

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text) {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; ++at) bytes[at] = parseInt(text.substr(2 * at, 2), 16);
  return bytes;
}

const percent = (text) =>
  Array.from(encoder.encode(text), (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9/:.,\-_~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

/** What is asked. */
export class Request {
  constructor(line, host) {
    const [number, operation, ...words] = line.split(' ');
    this.number = number;
    this.operation = operation;
    this.host = host;
    this.arguments = Object.fromEntries(words.map((word) => {
      const at = word.indexOf('=');
      return [word.slice(0, at), decodeURIComponent(word.slice(at + 1))];
    }));
  }

  text(key) {
    return this.arguments[key];
  }

  flag(key) {
    return this.arguments[key] === '1';
  }

  /** Whole numbers are bigints where they have to be. */
  number_(key, otherwise) {
    const text = this.arguments[key];
    if (text === undefined) return otherwise;
    const exact = BigInt(text);
    return exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : exact;
  }

  address(key) {
    return fromHex(this.arguments[key]);
  }

  async bytes(key) {
    const text = this.arguments[key];
    return text.startsWith('x:') ? fromHex(text.slice(2)) : this.host.read(text.slice(2));
  }

  /** The bytes in the middle of a larger buffer, if that is asked for. */
  async view(key) {
    const bytes = await this.bytes(key);
    const [before, after] = [Number(this.arguments.before ?? 0), Number(this.arguments.after ?? 0)];
    const whole = new Uint8Array(before + bytes.length + after).fill(0xaa);
    whole.set(bytes, before);
    return whole.subarray(before, before + bytes.length);
  }
}

let files = 0;

async function crossing(value, host) {
  if (value instanceof Uint8Array) {
    if (value.length <= 1024) return `x:${hex(value)}`;
    const path = `${host.folder}/out-${++files}`;
    await host.write(path, value);
    return `f:${path}`;
  }
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (Array.isArray(value)) {
    return value.map((one) => (typeof one === 'object' ? `${hex(one.address)}:${one.size}` : String(one))).join(',');
  }
  return percent(String(value));
}

async function fields(given, host) {
  let line = '';
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined && value !== null) line += ` ${key}=${await crossing(value, host)}`;
  }
  return line;
}

export const answered = async (request, given) => `${request.number} ok${await fields(given ?? {}, request.host)}`;

/** Failures of the package as they are; those of JavaScript as what they stand for; all else is the runner's own mistake. */
export async function failed(request, problem) {
  let said;
  if (typeof problem?.codeName === 'string') {
    const details = Object.entries(problem.details ?? {}).map(([name, value]) => [`detail.${name}`, value]);
    said = { code: problem.code, name: problem.codeName, message: problem.message, ...Object.fromEntries(details) };
  } else if (problem instanceof TypeError) {
    const kind = /(Key|Link|handle) .*expected|expected, not|is a safe_/.test(problem.message);
    said = { name: kind ? 'SAFE_WRONG_HANDLE_TYPE' : 'SAFE_INVALID_ARGUMENT', message: `TypeError: ${problem.message}` };
  } else if (problem instanceof RangeError) {
    said = { name: 'SAFE_INVALID_ARGUMENT', message: `RangeError: ${problem.message}` };
  } else {
    throw problem;
  }
  return `${request.number} error${await fields(said, request.host)}`;
}
