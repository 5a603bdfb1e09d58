/* The chunks of files in the living format (C2), as plainly as C can say it:
 * whole files in memory, one thread, nothing shared with core/selfencrypt but
 * the libraries. It stands between the library and the oracle: if the library
 * differs and this does not, the fault is ours; if both differ, it is the
 * brotli encoder's (packaging/patches/brotli).
 *
 *   reference LIST      prints a JSON line per path in LIST, like
 *                       safe put --dry-run --private --json --files-from LIST
 *   reference --time FILE   seconds that brotli alone takes for the file
 *
 * Format: docs/formats.md; brotli's parameters are those of the Rust crate.
 */
#include <blake3.h>
#include <brotli/encode.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_CHUNK = 4190208, PAD = 52, KEY = 32, NONCE = 12, TAG = 16 };

struct info {
    unsigned char dst[32], src[32];
    size_t size;
};
struct name {
    char hex[65];
    size_t size;
};
static struct name *names;
static size_t name_count, name_room;

static void die(const char *what) {
    fprintf(stderr, "reference: %s\n", what);
    exit(1);
}

static void *grow(void *p, size_t n) {
    p = realloc(p, n ? n : 1);
    if (!p) die("out of memory");
    return p;
}

static void hash(const void *data, size_t size, unsigned char out[32]) {
    blake3_hasher h;
    blake3_hasher_init(&h);
    blake3_hasher_update(&h, data, size);
    blake3_hasher_finalize(&h, out, 32);
}

static void put_u64(unsigned char *to, unsigned long long v) {
    for (int i = 0; i < 8; i++) to[i] = (unsigned char)(v >> 8 * i);
}

static size_t compress(const unsigned char *data, size_t size, unsigned char **out, size_t *room) {
    size_t need = BrotliEncoderMaxCompressedSize(size) + 64 + TAG;
    if (*room < need) {
        *out = grow(*out, need);
        *room = need;
    }
    BrotliEncoderState *e = BrotliEncoderCreateInstance(0, 0, 0);
    if (!e) die("out of memory");
    BrotliEncoderSetParameter(e, BROTLI_PARAM_QUALITY, 6);
    BrotliEncoderSetParameter(e, BROTLI_PARAM_LGWIN, 22);
    BrotliEncoderSetParameter(e, BROTLI_PARAM_SIZE_HINT, size < 65536 ? (uint32_t)size : 65536);
    const uint8_t *next_in = data;
    uint8_t *next_out = *out;
    size_t in = size, left = *room - TAG, total = 0;
    if (!BrotliEncoderCompressStream(e, BROTLI_OPERATION_FINISH, &in, &next_in, &left, &next_out, &total) ||
        !BrotliEncoderIsFinished(e))
        die("brotli did not finish");
    BrotliEncoderDestroyInstance(e);
    return total;
}

static size_t chunk_count(size_t size) { return size < 3 * (size_t)MAX_CHUNK ? 3 : (size + MAX_CHUNK - 1) / MAX_CHUNK; }

static size_t chunk_start(size_t size, size_t i) {
    size_t step = size < 3 * (size_t)MAX_CHUNK ? size / 3 : MAX_CHUNK;
    return i == chunk_count(size) ? size : i * step;
}

/* Encrypts all chunks of data; remembers their names; returns the infos. */
static struct info *encrypt(const unsigned char *data, size_t size, unsigned long long level) {
    static unsigned char *buffer;
    static size_t room;
    size_t n = chunk_count(size);
    struct info *map = grow(NULL, n * sizeof *map);
    for (size_t i = 0; i < n; i++) {
        map[i].size = chunk_start(size, i + 1) - chunk_start(size, i);
        hash(data + chunk_start(size, i), map[i].size, map[i].src);
    }
    for (size_t i = 0; i < n; i++) {
        unsigned char material[112], derived[96];
        memcpy(material, map[i].src, 32);
        memcpy(material + 32, map[(i + n - 1) % n].src, 32);
        memcpy(material + 64, map[(i + n - 2) % n].src, 32);
        put_u64(material + 96, i);
        put_u64(material + 104, level);
        blake3_hasher h;
        blake3_hasher_init_derive_key(&h, "self_encryption/chunk/v2");
        blake3_hasher_update(&h, material, sizeof material);
        blake3_hasher_finalize(&h, derived, sizeof derived);

        size_t z = compress(data + chunk_start(size, i), map[i].size, &buffer, &room);
        unsigned long long sealed;
        crypto_aead_chacha20poly1305_ietf_encrypt(buffer, &sealed, buffer, z, NULL, 0, NULL, derived + PAD + KEY,
                                                  derived + PAD);
        for (size_t j = 0; j < sealed; j++) buffer[j] ^= derived[j % PAD];
        hash(buffer, sealed, map[i].dst);
        if (name_count == name_room) names = grow(names, (name_room = 2 * name_room + 16) * sizeof *names);
        sodium_bin2hex(names[name_count].hex, 65, map[i].dst, 32);
        names[name_count++].size = sealed;
    }
    return map;
}

/* bincode: 1, count, (index, dst, src, size)..., no child or child */
static unsigned char *map_bytes(const struct info *map, size_t n, unsigned long long child, size_t *size) {
    unsigned char *bytes = grow(NULL, 18 + 80 * n), *p = bytes;
    *p++ = 1;
    put_u64(p, n), p += 8;
    for (size_t i = 0; i < n; i++) {
        put_u64(p, i);
        memcpy(p + 8, map[i].dst, 32);
        memcpy(p + 40, map[i].src, 32);
        put_u64(p + 72, map[i].size);
        p += 80;
    }
    *p++ = child != 0;
    if (child) put_u64(p, child), p += 8;
    *size = (size_t)(p - bytes);
    return bytes;
}

static unsigned char *read_file(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    size_t room = 1 << 20;
    unsigned char *data = grow(NULL, room);
    *size = 0;
    for (size_t got; (got = fread(data + *size, 1, room - *size, f)) > 0;) {
        *size += got;
        if (*size == room) data = grow(data, room *= 2);
    }
    fclose(f);
    return data;
}

static int by_hex(const void *a, const void *b) {
    return strcmp(((const struct name *)a)->hex, ((const struct name *)b)->hex);
}

static void print_chunks(const char *path) {
    size_t size;
    unsigned char *data = read_file(path, &size);
    if (!data) {
        printf("{\"error\":\"unreadable\"}\n");
        return;
    }
    if (size < 3) {
        printf("{\"size\":%zu,\"error\":\"less than 3 bytes\"}\n", size);
        free(data);
        return;
    }
    name_count = 0;
    size_t n = chunk_count(size);
    struct info *map = encrypt(data, size, 0);
    for (unsigned long long child = 0; n > 3;) {
        size_t length;
        unsigned char *bytes = map_bytes(map, n, child, &length);
        free(map);
        map = encrypt(bytes, length, ++child);
        n = chunk_count(length);
        free(bytes);
    }
    free(map);
    free(data);
    qsort(names, name_count, sizeof *names, by_hex);
    printf("{\"size\":%zu,\"chunks\":[", size);
    for (size_t i = 0; i < name_count; i++)
        printf("%s{\"name\":\"%s\",\"size\":%zu}", i ? "," : "", names[i].hex, names[i].size);
    printf("]}\n");
}

static void time_brotli(const char *path) {
    size_t size, room = 0, total = 0;
    unsigned char *data = read_file(path, &size), *buffer = NULL;
    if (!data || size < 3) die("cannot read the file");
    struct timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (size_t i = 0; i < chunk_count(size); i++)
        total += compress(data + chunk_start(size, i), chunk_start(size, i + 1) - chunk_start(size, i), &buffer, &room);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("%.4f %zu %zu\n", (double)(b.tv_sec - a.tv_sec) + 1e-9 * (double)(b.tv_nsec - a.tv_nsec), size, total);
}

int main(int argc, char **argv) {
    if (sodium_init() < 0) die("libsodium");
    if (argc == 3 && !strcmp(argv[1], "--time")) {
        time_brotli(argv[2]);
        return 0;
    }
    if (argc != 2) die("usage: reference LIST | reference --time FILE");
    FILE *list = fopen(argv[1], "r");
    if (!list) die("cannot read LIST");
    char path[4096];
    while (fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = 0;
        print_chunks(path);
        fflush(stdout);
    }
    return 0;
}
