// Where the value of a key is, below the folder of all values (docs/formats.md, "Directory of Node").
//
// A key is cut into pieces: after each "/", after two characters of its second part, and else after 64. Whether there is
// a cut depends on what stands before it alone, so that a folder holds all keys with one beginning, and nothing between
// them is elsewhere: a tree walk gives keys in order. Names are in lower case, for file systems that do not tell cases
// apart.

const fanOut = 2; // of "chunks/<address>" and "records/<address>/...": 256 folders
const longest = 64; // escaped: 192

export interface Place {
  /** Names of folders, one in the other. */
  folders: string[];
  /** What the folders' names stand for: the beginning of the key. */
  begin: string;
  /** The rest of the key, after the last cut. */
  rest: string;
}

export function placeOf(key: string): Place {
  const folders: string[] = [];
  let begin = 0;
  let part = 0;
  let partBegin = 0;
  for (let at = 0; at < key.length; ++at) {
    const ends = key[at] === '/';
    const most = part === 1 && begin === partBegin ? fanOut : longest;
    if (!ends && at + 1 - begin < most) continue;
    folders.push(folderName(key.slice(begin, at + 1)));
    begin = at + 1;
    if (ends) {
      ++part;
      partBegin = begin;
    }
  }
  return { folders, begin: key.slice(0, begin), rest: key.slice(begin) };
}

const valueEnd = '.value';
const moreEnd = '.more';

export const valueName = (rest: string) => escape(rest) + valueEnd;
const folderName = (piece: string) => (piece.endsWith('/') ? escape(piece.slice(0, -1)) : escape(piece) + moreEnd);

/** The piece of a key that a name stands for, and what has it; null if it is none of ours. */
export function readName(name: string): { piece: string; isValue: boolean } | null {
  if (name.endsWith(valueEnd)) return { piece: unescape(name.slice(0, -valueEnd.length)), isValue: true };
  if (name.endsWith(moreEnd)) return { piece: unescape(name.slice(0, -moreEnd.length)), isValue: false };
  return name.includes('.') ? null : { piece: unescape(name) + '/', isValue: false };
}

// All but a-z, 0-9, - and _ as "=" and two hex digits; nothing as "=" alone.
function escape(text: string): string {
  if (text === '') return '=';
  return text.replaceAll(/[^a-z0-9_-]/g, (character) => '=' + character.charCodeAt(0).toString(16).padStart(2, '0'));
}

function unescape(name: string): string {
  if (name === '=') return '';
  return name.replaceAll(/=([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
