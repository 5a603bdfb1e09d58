// A disk that forgets: what is left of a directory when the power goes, as far as POSIX promises (DETAILS D8). Names are
// there for certain once their folder was synced, contents once their file was. What was not synced is there, or not, or in
// part.
import fs from 'node:fs/promises';
import path from 'node:path';

/** Records what `work` does through Node's files below `root`, in steps of `told`. Functions are put back at the end. */
export async function recording(root, told, work) {
  const real = { ...fs };
  const tell = (step) => void told.push(step);
  const inside = (file) => path.resolve(file).startsWith(root);
  const name = (file) => path.relative(root, file);
  const after = (call, step) => async (...args) => {
    const result = await real[call](...args);
    if (inside(args[0])) tell({ call, ...step(...args) });
    return result;
  };
  fs.mkdir = after('mkdir', (folder) => ({ name: name(folder) }));
  fs.link = after('link', (from, to) => ({ from: name(from), to: name(to) }));
  fs.rename = after('rename', (from, to) => ({ from: name(from), to: name(to) }));
  fs.unlink = after('unlink', (file) => ({ name: name(file) }));
  fs.open = async (file, flags) => {
    const handle = await real.open(file, flags);
    if (!inside(file)) return handle;
    if (flags !== 'r') tell({ call: 'open', name: name(file) });
    const own = { writev: handle.writev.bind(handle), sync: handle.sync.bind(handle) };
    handle.writev = async (parts) => {
      const done = await own.writev(parts);
      tell({ call: 'write', name: name(file), bytes: Buffer.concat(parts).subarray(0, done.bytesWritten) });
      return done;
    };
    handle.sync = async () => {
      await own.sync();
      tell({ call: 'sync', name: name(file), folder: flags === 'r' });
    };
    return handle;
  };
  try {
    return await work();
  } finally {
    Object.assign(fs, real);
  }
}

const newFolder = () => ({ now: new Map(), safe: new Map() });

/** The disk after some steps: folders with the names in them now, and those that are safe; files likewise. */
function replay(steps) {
  const top = newFolder();
  const find = (name) => name.split('/').filter(Boolean).reduce((folder, part) => folder.now.get(part), top);
  const place = (name) => [find(path.dirname(name).replace(/^\.$/, '')), path.basename(name)];
  const files = new Map(); // open ones, by their first names, which stay theirs while they are written
  for (const step of steps) {
    switch (step.call) {
      case 'mkdir': {
        const [folder, name] = place(step.name);
        folder.now.set(name, newFolder());
        break;
      }
      case 'open': {
        const [folder, name] = place(step.name);
        folder.now.set(name, { bytes: Buffer.alloc(0), safe: null });
        files.set(step.name, folder.now.get(name));
        break;
      }
      case 'write': {
        const file = files.get(step.name);
        file.bytes = Buffer.concat([file.bytes, step.bytes]);
        break;
      }
      case 'sync':
        if (step.folder) {
          const folder = find(step.name);
          folder.safe = new Map(folder.now);
        } else {
          const file = files.get(step.name);
          file.safe = file.bytes;
        }
        break;
      case 'link':
      case 'rename': {
        const [from, fromName] = place(step.from);
        const [to, toName] = place(step.to);
        to.now.set(toName, from.now.get(fromName));
        if (step.call === 'rename') from.now.delete(fromName);
        break;
      }
      case 'unlink': {
        const [folder, name] = place(step.name);
        folder.now.delete(name);
        break;
      }
      default:
    }
  }
  return top;
}

/** How a disk forgets: whether a change of a name that was not synced is kept, and what is left of bytes that were not. */
export const waysToForget = {
  all: { keepsName: () => false, left: () => Buffer.alloc(0) },
  'contents alone': { keepsName: () => true, left: (bytes) => Buffer.alloc(bytes.length) },
  'the ends of contents': { keepsName: () => true, left: (bytes) => bytes.subarray(0, bytes.length / 2) },
  'this and that': {
    keepsName: (chance) => chance.below(2) === 1,
    left: (bytes, chance) => Buffer.from(bytes).fill(0, chance.below(bytes.length + 1)),
  },
};

/** Puts into `folder` what a disk is left with that was cut off after the steps. */
export async function cutOff(steps, way, chance, folder) {
  const write = async (from, to) => {
    await fs.mkdir(to, { recursive: true });
    for (const name of new Set([...from.now.keys(), ...from.safe.keys()])) {
      const [now, safe] = [from.now.get(name), from.safe.get(name)];
      const there = now === safe || !way.keepsName(chance) ? safe : now;
      if (!there) continue;
      if (there.now) await write(there, path.join(to, name));
      else await fs.writeFile(path.join(to, name), there.safe === there.bytes ? there.bytes : way.left(there.bytes, chance));
    }
  };
  await write(replay(steps), folder);
}
