// What the tests of the browser's stores do in a page or a worker there. Bundled with the stores (browser.mjs).
import * as killed from './killed.mjs';
import { alike, laws, noise } from './law.mjs';

const whole = 5 << 20;

export function side({ fileStores, listStores, removeStore }) {
  const open = async (url, noCreate = false) => (await fileStores()).open(url, noCreate);
  const opened = new Map(); // stores that stay open between calls, by URL
  const calls = {
    async law(name, url, seed) {
      await laws[name](() => open(url), seed);
      return url;
    },
    async open(url, noCreate) {
      opened.set(url, await open(url, noCreate));
    },
    async close(url) {
      await opened.get(url).close();
      opened.delete(url);
    },
    create: (url, key, size, seed) => opened.get(url).create(key, noise(size, seed)),
    replace: (url, key, size, seed) => opened.get(url).replace(key, noise(size, seed)),
    async holds(url, key, size, seed) {
      return alike(await opened.get(url).get(key, 0, whole), noise(size, seed));
    },
    exists: (url, key) => opened.get(url).exists(key),
    remove: (url, key) => opened.get(url).remove(key),
    figures: (url) => opened.get(url).figures(''),
    listStores,
    removeStore,

    /** Creates until it is killed; tells the server of each answer. */
    async write(url, name, round) {
      const store = await open(url);
      await killed.create(store, name, round, (answer) =>
        void fetch('/told', { method: 'POST', body: JSON.stringify(answer) }).catch(() => {}));
    },
    async check(url, told) {
      const store = await open(url, true);
      try {
        return await killed.check(store, told);
      } finally {
        await store.close();
      }
    },

    /** The files of a store in the private file system. */
    async files(name) {
      const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('libsafe');
      const folder = await top.getDirectoryHandle(name);
      const files = [];
      for await (const [file, handle] of folder.entries()) files.push([file, (await handle.getFile()).size]);
      return files;
    },
    /** Cuts or removes a store's files. */
    async tear(name, length) {
      const top = await (await navigator.storage.getDirectory()).getDirectoryHandle('libsafe');
      const folder = await top.getDirectoryHandle(name);
      for await (const [file, handle] of folder.entries()) {
        if (length === null) await folder.removeEntry(file);
        else {
          const stream = await handle.createWritable({ keepExistingData: true });
          await stream.truncate(length);
          await stream.close();
        }
      }
    },
    /** A store of a format to come. */
    async makeNewer(name) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.open(`libsafe file:${name}`, 2);
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = () => reject(request.error);
      });
    },
    /** From now on the browser has no private file system, as in some private windows. */
    forbidFiles() {
      navigator.storage.getDirectory = async () => {
        throw new DOMException('not in this window', 'SecurityError');
      };
    },
    forbidLocks() {
      Object.defineProperty(navigator, 'locks', { value: undefined });
    },
  };
  return async (name, args) => {
    try {
      return { value: await calls[name](...args) };
    } catch (problem) {
      return { problem: { message: problem.message, codeName: problem.codeName, stack: problem.stack } };
    }
  };
}
