/* Makes a file to be stored: make PATH KIND SIZE SEED.
 *
 *   random   does not compress: 16 MiB of brotli's memory per encoder
 *   text     words by a skewed choice: the most memory that brotli takes (limits.hpp)
 *   sparse   a hole with a random block every 64 MiB: long runs of equal chunks
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, WORDS = 8192, HOLE = 64 << 20 };

static uint64_t state;

static uint64_t next(void) {
    uint64_t z = (state += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static void fill_random(char *block) {
    size_t i;
    for (i = 0; i < BLOCK; i += 8) {
        uint64_t v = next();
        memcpy(block + i, &v, 8);
    }
}

static char words[WORDS][12];

static void invent_words(void) {
    int i, j;
    for (i = 0; i < WORDS; ++i) {
        int length = 2 + (int)(next() % 9);
        for (j = 0; j < length; ++j) words[i][j] = (char)('a' + next() % 26);
        words[i][length] = next() % 12 ? ' ' : '\n';
    }
}

static void fill_text(char *block) {
    size_t at = 0;
    while (at < BLOCK) {
        uint64_t r = next();
        const char *word = words[(r % WORDS) * ((r >> 32) % WORDS) / WORDS];
        size_t length = strlen(word);
        if (length > BLOCK - at) length = BLOCK - at;
        memcpy(block + at, word, length);
        at += length;
    }
}

static int write_at(int fd, const char *block, uint64_t at, uint64_t size) {
    size_t length = size - at < BLOCK ? (size_t)(size - at) : BLOCK;
    return pwrite(fd, block, length, (off_t)at) == (ssize_t)length;
}

int main(int argc, char **argv) {
    static char block[BLOCK];
    uint64_t size, at;
    int fd;
    if (argc != 5) return fprintf(stderr, "make PATH random|text|sparse SIZE SEED\n"), 2;
    size = strtoull(argv[3], NULL, 10);
    state = strtoull(argv[4], NULL, 10);
    fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0) return perror(argv[1]), 1;
    invent_words();
    for (at = 0; at < size; at += strcmp(argv[2], "sparse") ? BLOCK : HOLE) {
        if (strcmp(argv[2], "text"))
            fill_random(block);
        else
            fill_text(block);
        if (!write_at(fd, block, at, size)) return perror(argv[1]), 1;
    }
    return close(fd) != 0;
}
