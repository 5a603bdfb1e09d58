/* The library opened at run time by threads, RTLD_LOCAL, twice under two names in one process, beside a program that is
 * linked with another libsodium and SQLite of its own if there are any (-DBESIDE_SODIUM).
 *
 *   loaded LIBSAFE.SO COPY-OF-IT */
#define _GNU_SOURCE
#include <safe/safe.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef BESIDE_SODIUM
#include <sodium.h>
#endif

/* The functions used here, of one copy of the library. */
typedef struct library {
    const char *path;
    safe_op *(*connect)(const char *, uint32_t);
    safe_op *(*put)(safe_client *, const uint8_t *, size_t, uint32_t);
    safe_op *(*get_bytes)(safe_client *, const safe_link *, uint64_t);
    safe_status (*wait)(const safe_op *, int64_t, safe_error **);
    safe_status (*take_client)(safe_op *, safe_client **, safe_error **);
    safe_status (*take_receipt)(safe_op *, safe_receipt **, safe_error **);
    safe_status (*take_bytes)(safe_op *, safe_bytes **, safe_error **);
    safe_status (*link)(const safe_receipt *, safe_link **, safe_error **);
    size_t (*size)(const safe_bytes *);
    const uint8_t *(*data)(const safe_bytes *);
    void (*free_op)(safe_op *);
    void (*free_client)(safe_client *);
    void (*free_receipt)(safe_receipt *);
    void (*free_bytes)(safe_bytes *);
    void (*free_link)(safe_link *);
    uint64_t (*live)(void);
    int worked;
} library;

static void *find(void *handle, const char *name) {
    void *found = dlsym(handle, name);
    if (!found) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

static void *load(const char *path, library *self) {
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    *(void **)&self->connect = find(handle, "safe_connect");
    *(void **)&self->put = find(handle, "safe_put");
    *(void **)&self->get_bytes = find(handle, "safe_get_bytes");
    *(void **)&self->wait = find(handle, "safe_op_wait");
    *(void **)&self->take_client = find(handle, "safe_op_take_client");
    *(void **)&self->take_receipt = find(handle, "safe_op_take_receipt");
    *(void **)&self->take_bytes = find(handle, "safe_op_take_bytes");
    *(void **)&self->link = find(handle, "safe_receipt_link");
    *(void **)&self->size = find(handle, "safe_bytes_size");
    *(void **)&self->data = find(handle, "safe_bytes_data");
    *(void **)&self->free_op = find(handle, "safe_op_free");
    *(void **)&self->free_client = find(handle, "safe_client_free");
    *(void **)&self->free_receipt = find(handle, "safe_receipt_free");
    *(void **)&self->free_bytes = find(handle, "safe_bytes_free");
    *(void **)&self->free_link = find(handle, "safe_link_free");
    *(void **)&self->live = find(handle, "safe_debug_live_handles");
    return handle;
}

static uint8_t content[100000];

static int round_trip(const library *lib) {
    safe_client *client = NULL;
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_bytes *bytes = NULL;
    int same;
    safe_op *op = lib->connect("mem:", 0);
    if (lib->wait(op, -1, NULL) || lib->take_client(op, &client, NULL)) return 0;
    lib->free_op(op);
    op = lib->put(client, content, sizeof content, 0);
    if (lib->wait(op, -1, NULL) || lib->take_receipt(op, &receipt, NULL) || lib->link(receipt, &link, NULL)) return 0;
    lib->free_op(op);
    op = lib->get_bytes(client, link, sizeof content);
    if (lib->wait(op, -1, NULL) || lib->take_bytes(op, &bytes, NULL)) return 0;
    lib->free_op(op);
    same = lib->size(bytes) == sizeof content && memcmp(lib->data(bytes), content, sizeof content) == 0;
    lib->free_bytes(bytes);
    lib->free_link(link);
    lib->free_receipt(receipt);
    lib->free_client(client);
    return same && lib->live() == 0;
}

static void *use(void *user_data) {
    library *self = user_data;
    void *handle = load(self->path, self);
    self->worked = round_trip(self) && round_trip(self);
    dlclose(handle);
    return NULL;
}

/* A signature of the program's own libsodium, where there is one. */
static int own_crypto_works(void) {
#ifdef BESIDE_SODIUM
    unsigned char key[crypto_sign_SECRETKEYBYTES], public_key[crypto_sign_PUBLICKEYBYTES], signature[crypto_sign_BYTES];
    if (sodium_init() < 0) return 0;
    crypto_sign_keypair(public_key, key);
    crypto_sign_detached(signature, NULL, content, sizeof content, key);
    return crypto_sign_verify_detached(signature, content, sizeof content, public_key) == 0;
#else
    return 1;
#endif
}

int main(int argc, char **argv) {
    library one, two;
    pthread_t threads[2];
    int round;
    if (argc < 3) return 2;
    memset(content, 'x', sizeof content);
    for (round = 0; round < 3; round++) {
        memset(&one, 0, sizeof one);
        memset(&two, 0, sizeof two);
        one.path = argv[1];
        two.path = argv[2];
        pthread_create(&threads[0], NULL, use, &one);
        pthread_create(&threads[1], NULL, use, &two);
        pthread_join(threads[0], NULL);
        pthread_join(threads[1], NULL);
        if (!one.worked || !two.worked || one.connect == two.connect || !own_crypto_works()) {
            fprintf(stderr, "round %d: first %d, second %d, two copies: %d\n", round, one.worked, two.worked,
                    one.connect != two.connect);
            return 1;
        }
    }
    puts("ok");
    return 0;
}
