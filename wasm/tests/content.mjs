// Made-up content of any size, the same for the same seed: what brotli takes least memory for (random), what it takes most
// for (text, hex, numbers), and a mixture.
const MIB = 1 << 20;
const WORDS = 8192;

class Maker {
  #state;
  #words = [];

  constructor(seed) {
    this.#state = (Math.imul(seed, 2654435761) ^ 88172645) | 1;
    for (let i = 0; i < WORDS; ++i) {
      const word = Buffer.alloc(3 + (this.#next() % 9));
      for (let j = 0; j < word.length - 1; ++j) word[j] = 97 + (this.#next() % 26);
      word[word.length - 1] = this.#next() % 12 ? 32 : 10;
      this.#words.push(word);
    }
  }

  // xorshift32
  #next() {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }

  random(block) {
    const numbers = new Uint32Array(block.buffer, block.byteOffset, block.length >> 2);
    for (let i = 0; i < numbers.length; ++i) numbers[i] = this.#next();
    for (let i = block.length & ~3; i < block.length; ++i) block[i] = this.#next();
  }

  // Words by a skewed choice.
  text(block) {
    for (let at = 0; at < block.length; ) {
      const word = this.#words[(((this.#next() % WORDS) * (this.#next() % WORDS)) / WORDS) | 0];
      for (let i = 0; i < word.length && at < block.length; ++i) block[at++] = word[i];
    }
  }

  // Short matches: more commands than any other content that people have.
  hex(block) {
    for (let at = 0; at < block.length; ) {
      let bits = this.#next();
      for (let i = 0; i < 8 && at < block.length; ++i, bits >>>= 4) block[at++] = '0123456789abcdef'.charCodeAt(bits & 15);
    }
  }

  // Small numbers of 32 bits: two bytes in four are those of four bytes before, so that there are as many commands as fit.
  numbers(block) {
    for (let at = 0; at < block.length; at += 4) {
      const low = this.#next();
      block[at] = low;
      if (at + 1 < block.length) block[at + 1] = low >>> 8;
      for (let zero = at + 2; zero < Math.min(at + 4, block.length); ++zero) block[zero] = 0;
    }
  }

  mixed(block) {
    const kinds = ['random', 'text', 'hex', 'numbers'];
    for (let at = 0; at < block.length; at += 1 << 18) {
      this[kinds[this.#next() % kinds.length]](block.subarray(at, at + (1 << 18)));
    }
  }
}

// Pieces of at most 1 MiB. Each is good until the next is asked for.
export function* content(kind, size, seed) {
  const maker = new Maker(seed);
  const block = new Uint8Array(MIB);
  for (let left = size; left > 0; left -= MIB) {
    const piece = block.subarray(0, Math.min(left, MIB));
    maker[kind](piece);
    yield piece;
  }
}
