// file: in Node: vaults in directories.
import { failure, type StoreKind } from '../store.js';
import { Directory } from './directory.js';
import { path } from './files.js';

export const directories: StoreKind = {
  open: async (url, noCreate) => Directory.open(directoryOf(url), noCreate),
};

export const directoryOf = (url: string) => path().resolve(pathOf(url));

/** As the native library reads such URLs: "file:a/path", and "file:///a/path" as well (RFC 8089, appendix B). */
function pathOf(url: string): string {
  let rest = url.slice('file:'.length);
  if (rest.startsWith('//')) {
    rest = rest.slice(2).replace(/^localhost(?=\/)/, '');
    if (!rest.startsWith('/')) throw bad('a file: URL names no host');
  }
  if (rest === '') throw bad('the directory is missing');
  let plain;
  try {
    plain = decodeURIComponent(rest);
  } catch (problem) {
    throw failure('SAFE_BAD_URL', '% must be followed by two hex digits, of UTF-8; write % itself as %25', problem);
  }
  if (plain.includes('\0')) throw bad('a path cannot hold a NUL byte');
  return plain;
}

const bad = (why: string) => failure('SAFE_BAD_URL', `${why}; write file:/path/to/dir`);
