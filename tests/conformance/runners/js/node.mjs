// The runner of Node: SAFE_ENGINE in the environment says which engine the package uses.
import './reached.mjs';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Player } from './play.mjs';

const npm = path.join(process.env.CONFORMANCE_BUILD, 'npm');
const load = (name) => import(pathToFileURL(path.join(npm, name)).href);
const libsafe = await load('libsafe.js');
const constants = await load('ffi.js');
const native = process.env.SAFE_ENGINE === 'addon';
const ffi = await constants.loadFfi();

/** What Node says of files, as the library would. */
function translated(problem) {
  if (problem.codeName || !problem.code) return problem;
  const codeName = problem.code === 'ENOENT' ? 'SAFE_FILE_NOT_FOUND' : 'SAFE_IO';
  return Object.assign(problem, { codeName, code: constants[codeName] });
}

const host = {
  folder: process.argv.at(-1),
  read: async (file) => new Uint8Array(fs.readFileSync(file)),
  readIf: async (file) => (fs.existsSync(file) ? new Uint8Array(fs.readFileSync(file)) : null),
  write: async (file, bytes) => fs.writeFileSync(file, bytes),
  create: async (file, bytes) => {
    try {
      fs.writeFileSync(file, bytes, { flag: 'wx' });
      return true;
    } catch (problem) {
      if (problem.code === 'EEXIST') return false;
      throw problem;
    }
  },
  remove: async (file) => {
    if (!fs.existsSync(file)) return false;
    fs.unlinkSync(file);
    return true;
  },
  list: async (folder) => fs.readdirSync(folder).map((name) => [name, fs.statSync(path.join(folder, name)).size]),
  makeFolder: async (folder, create) => {
    if (!create) return fs.existsSync(folder);
    fs.mkdirSync(folder, { recursive: true });
    return true;
  },
  /** A stream into a file, as the README shows; how many bytes. */
  save: async (file, stream) => {
    let size = 0;
    try {
      const out = Writable.toWeb(fs.createWriteStream(file));
      const count = new TransformStream({
        transform(piece, next) {
          size += piece.length;
          next.enqueue(piece);
        },
      });
      await stream.pipeThrough(count).pipeTo(out);
    } catch (problem) {
      throw translated(problem);
    }
    return size;
  },
  collect: async () => globalThis.gc(),
  reached: async () => globalThis.safeReached,
};

const player = new Player(libsafe, constants, ffi, host);
const flat = process.env.CONFORMANCE_FLAT === '1';
// All that the C interface can connect to: in wasm, directories are the classes' alone.
if (flat) player.schemes = native ? /^/ : /^(own\d+|mem):/;
player.servesFlatly = flat;
const can = ['addresses', 'behind', 'children', 'chunks', 'closing', 'details', 'empty_urls', 'files', 'identities', 'limits', 'links', 'log',
  'named_links', 'own_vaults', 'pages', 'ports', 'progress', 'record_addresses', 's1', 'seeds', 'settings', 'signing', 'sizes', 'states',
  'streams', 'transports', 'u64', 'unsigned', 'untyped', 'views', ...(native ? ['vaults'] : []),
  'metrics', 'serving', ...(flat && !native ? [] : ['sockets']), ...(flat ? ['datamaps', 'replay', 'rooms'] : [])];
console.log(`hello ${native ? 'addon' : 'node'} can=${can.join(',')} store=${native ? 'native' : 'node'}`);
for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line.split(' ')[1] === 'exit') process.exit(0);
  console.log(await player.line(line));
}
