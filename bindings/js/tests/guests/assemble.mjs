// Makes wasm modules for tests of the bridge: such as no compiler would make, too.

const leb = (value) => {
  const bytes = [];
  for (let rest = value >>> 0; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest];
    bytes.push((rest & 0x7f) | 0x80);
  }
};
const signed = (value) => {
  const bytes = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const byte = rest & 0x7f;
    if ((rest >> 7 === 0 && !(byte & 0x40)) || (rest >> 7 === -1 && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
};
const list = (items) => [...leb(items.length), ...items.flat()];
const text = (string) => list([...new TextEncoder().encode(string)].map((byte) => [byte]));
const section = (id, body, there = body.length > 1) => (there ? [id, ...leb(body.length), ...body] : []);
const letters = { i: 0x7f, j: 0x7e };
const types = (word) => list([...word].map((letter) => [letters[letter]]));

/** Instructions. */
export const code = {
  trap: [0x00],
  number: (value) => [0x41, ...signed(value)],
  call: (index) => [0x10, ...leb(index)],
  local: (index) => [0x20, ...leb(index)],
  drop: [0x1a],
  grow: (pages) => [0x41, ...signed(pages), 0x40, 0x00, 0x1a],
};

/**
 * A module. Types are words such as "iij>i": i for 32 bits, j for 64.
 *
 *   imports     [[module, name, type]]; each is exported again by its name
 *   functions   [[name, type, instructions]]; exported, and in the table from index 1 on, after the imports
 *   pages       of memory; null for none (exports nothing of the name then)
 *   start       whether the last function is the start function
 */
export function assemble({ imports = [], functions = [], pages = 2, table = true, start = false }) {
  const all = [...imports.map(([, , type]) => type), ...functions.map(([, type]) => type)];
  const kinds = [...new Set(all)];
  const kind = (type) => leb(kinds.indexOf(type));
  const exports = [
    ...imports.map(([, name], index) => [...text(name), 0, ...leb(index)]),
    ...functions.map(([name], index) => [...text(name), 0, ...leb(imports.length + index)]),
  ];
  if (pages !== null) exports.push([...text('memory'), 2, 0]);
  if (table) exports.push([...text('__indirect_function_table'), 1, 0]);
  const bodies = functions.map(([, , instructions]) => list([...[0, ...instructions.flat(), 0x0b]].map((byte) => [byte])));
  const elements = all.map((_, index) => leb(index));
  return new Uint8Array([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, list(kinds.map((type) => type.split('>')).map(([takes, gives]) => [0x60, ...types(takes), ...types(gives)]))),
    ...section(2, list(imports.map(([module, name, type]) => [...text(module), ...text(name), 0, ...kind(type)]))),
    ...section(3, list(functions.map(([, type]) => kind(type)))),
    ...section(4, table ? [1, 0x70, 0, ...leb(all.length + 1)] : []),
    ...section(5, pages === null ? [] : [1, 0, ...leb(pages)]),
    ...section(7, list(exports)),
    ...section(8, leb(all.length - 1), start),
    ...section(9, table && all.length ? [1, 0, 0x41, 1, 0x0b, ...list(elements)] : []),
    ...section(10, list(bodies)),
  ]);
}
