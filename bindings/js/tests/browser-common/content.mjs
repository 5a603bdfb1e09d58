// Files of the kinds that differ in how they compress: text, noise, and a mix of both. None of it is sparse or repeats.
import { createCipheriv, createHash } from 'node:crypto';
import fs from 'node:fs';

const MiB = 1 << 20;

/** Bytes without end that the seed decides: AES in counter mode. */
function noiseOf(seed) {
  const key = createHash('sha256').update(`content ${seed}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (size) => cipher.update(Buffer.alloc(size));
}

/** Words by their length: as many bytes of random choice become so many words. */
const WORDS = ('the of and to in a is that for it as was with be by on not he his but at are this have from or had an they ' +
  'which one you were all her she there would their we him been has when who will no more if out so said what up its about ' +
  'into than them can only other time new some could these two may first then do any like my now over such our man me even ' +
  'most made after also did many off before must well back through years much where your way down should because long each ' +
  'just state those people too mister how little good world make very year still see own work men day get here old life both ' +
  'between being under three never know same last another while us might great go come since against right came take used ' +
  'himself few house use during without again place american around however home small found missus thought went say part once ' +
  'general high upon school every').split(' ');

function textOf(noise) {
  return (size) => {
    const out = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      let line = '';
      for (const byte of noise(4096)) line += WORDS[byte % WORDS.length] + (byte > 250 ? '.\n' : ' ');
      at += out.write(line, at, 'latin1');
    }
    return out;
  };
}

/** Writes a file of so many MiB: by turns 8 MiB of text, of noise, and of both in pieces of 8 KiB. */
export function writeContent(file, mebibytes, seed) {
  const noise = noiseOf(seed);
  const text = textOf(noise);
  const both = (size) => Buffer.concat(Array.from({ length: size / 8192 }, (_, at) => (at % 2 ? text(8192) : noise(8192))));
  const out = fs.openSync(file, 'w');
  for (let at = 0; at < mebibytes; ++at) fs.writeSync(out, [text, noise, both][(at >> 3) % 3](MiB));
  fs.closeSync(out);
}
