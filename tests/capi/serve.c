/* A vault that a program serves itself: clients on the other side of a transport, in secure sessions.
 *
 *   serve ROOM    a directory for vaults */
#define _GNU_SOURCE
#include "wire.h"

#include <sys/stat.h>

static wires all;

static safe_vault *vault_of(safe_op *op) {
    safe_vault *vault = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_vault(op, &vault, NULL));
    safe_op_free(op);
    return vault;
}

/* A client of the vault, over a socket: its URL says which vault it means. */
typedef struct guest {
    safe_op *accepting;
    safe_op *connecting;
} guest;

static guest guest_as(safe_vault *vault, const char *key, const safe_key *own, uint32_t flags) {
    guest self;
    char url[200], there[32];
    int ends[2];
    wire_pair(ends);
    self.accepting = safe_vault_accept(vault, wire_url(there, ends[1]));
    snprintf(url, sizeof url, "wire:%d#%s", ends[0], key);
    self.connecting = own ? safe_connect_as(own, url, flags) : safe_connect(url, flags);
    return self;
}

static guest guest_of(safe_vault *vault, const char *key, uint32_t flags) { return guest_as(vault, key, NULL, flags); }

static safe_client *client_of(guest *guest) {
    safe_client *client = NULL;
    MUST(guest->connecting);
    CHECK_EQ(SAFE_OK, safe_op_take_client(guest->connecting, &client, NULL));
    safe_op_free(guest->connecting);
    return client;
}

static int tells(safe_vault *vault, const char *line) {
    safe_bytes *bytes = bytes_of(safe_vault_metrics(vault));
    const size_t size = safe_bytes_size(bytes);
    char *text = calloc(1, size + 1);
    memcpy(text, safe_bytes_data(bytes), size);
    const int found = strstr(text, line) != NULL;
    if (!found) fprintf(stderr, "%s\nwithout: %s\n", text, line);
    free(text);
    safe_bytes_free(bytes);
    return found;
}

/* Who does not say who they are reads what they know the address of, and stores nothing. */
static void who_is_anonymous_reads(const char *room) {
    char url[1000];
    uint8_t address[32];
    safe_client *owner, *client;
    safe_vault *vault;
    safe_bytes *bytes;
    safe_op *op;
    guest one;
    snprintf(url, sizeof url, "file:%s/read", room);
    owner = connect_to(url); /* of the same process: no session */
    op = safe_chunk_put(owner, (const uint8_t *)"something", 9);
    bytes = bytes_of(op);
    memcpy(address, safe_bytes_data(bytes), 32);
    safe_bytes_free(bytes);
    vault = vault_of(safe_vault_open(NULL, url, 0));
    one = guest_of(vault, safe_vault_key(vault), SAFE_CONNECT_ANONYMOUS);
    client = client_of(&one);
    bytes = bytes_of(safe_chunk_get(client, address));
    CHECK(safe_bytes_size(bytes) == 9 && memcmp(safe_bytes_data(bytes), "something", 9) == 0);
    safe_bytes_free(bytes);
    CHECK_EQ(SAFE_ACCESS_DENIED, soon(safe_put(client, (const uint8_t *)"something else", 14, 0)));
    CHECK(tells(vault, "safe_vault_connections 1\n"));
    CHECK(tells(vault, "safe_vault_handshakes_total{client=\"anonymous\"} 1\n"));
    CHECK(tells(vault, "safe_vault_requests_total{kind=\"get_chunk\",outcome=\"OK\"} 1\n"));
    safe_client_free(client);
    CHECK_EQ(SAFE_OK, soon(one.accepting));
    safe_vault_free(vault);
    safe_client_free(owner);
}

/* Whoever has the key, also after another connection: its quota is one. */
static void a_client_comes_again(void) {
    uint8_t bytes[1000];
    int i;
    safe_key *key = NULL;
    safe_vault *vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    CHECK_EQ(SAFE_OK, safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_QUOTA, 1500, NULL));
    for (i = 0; i < 3; ++i) {
        guest one = guest_as(vault, safe_vault_key(vault), i < 2 ? key : NULL, 0);
        safe_client *client = client_of(&one);
        memset(bytes, i, sizeof bytes);
        CHECK_EQ(i == 1 ? SAFE_VAULT_REFUSED : SAFE_OK, soon(safe_chunk_put(client, bytes, sizeof bytes)));
        safe_client_free(client);
        CHECK_EQ(SAFE_OK, soon(one.accepting));
    }
    safe_key_free(key);
    safe_vault_free(vault);
}

/* A vault that lasts has one key, in a file for its owner alone; one in memory has a new one each time. */
static void keys_last(const char *room) {
    char url[1000], path[1000], first[100];
    struct stat status;
    safe_key *key = NULL;
    safe_vault *vault;
    snprintf(url, sizeof url, "file:%s/keys", room);
    snprintf(path, sizeof path, "%s/keys/vault.key", room);
    vault = vault_of(safe_vault_open(NULL, url, 0));
    snprintf(first, sizeof first, "%s", safe_vault_key(vault));
    safe_vault_free(vault);
    vault = vault_of(safe_vault_open(NULL, url, SAFE_CONNECT_NO_CREATE));
    CHECK(strcmp(first, safe_vault_key(vault)) == 0);
    safe_vault_free(vault);
    CHECK_EQ(0, stat(path, &status));
    CHECK_EQ(0600, status.st_mode & 0777);
    CHECK_EQ(0, chmod(path, 0644));
    CHECK_EQ(SAFE_BAD_KEY, soon(safe_vault_open(NULL, url, 0)));
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    vault = vault_of(safe_vault_open(key, url, 0));
    CHECK(strcmp(first, safe_vault_key(vault)) != 0);
    safe_vault_free(vault);
    safe_key_free(key);
    vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    CHECK(strcmp(first, safe_vault_key(vault)) != 0);
    safe_vault_free(vault);
    CHECK_EQ(SAFE_STORE_MISSING, soon(safe_vault_open(NULL, "file:/nowhere/at/all", SAFE_CONNECT_NO_CREATE)));
    CHECK_EQ(SAFE_UNSUPPORTED, soon(safe_vault_open(NULL, "wire:1", 0)));
}

/* Another vault's key is not taken for this one's. */
static void another_vault_is_refused(void) {
    safe_vault *vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    safe_vault *other = vault_of(safe_vault_open(NULL, "mem:", 0));
    guest one = guest_of(vault, safe_vault_key(other), 0);
    CHECK_EQ(SAFE_BAD_SIGNATURE, soon(one.connecting));
    CHECK(soon(one.accepting) != SAFE_OK);
    safe_vault_free(vault);
    safe_vault_free(other);
}

static void limits_hold(void) {
    safe_vault *vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    guest first, second;
    safe_client *client;
    CHECK_EQ(SAFE_OK, safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_CONNECTIONS, 1, NULL));
    first = guest_of(vault, safe_vault_key(vault), 0);
    client = client_of(&first);
    second = guest_of(vault, safe_vault_key(vault), 0);
    CHECK_EQ(SAFE_BUSY, soon(second.connecting));
    CHECK_EQ(SAFE_BUSY, soon(second.accepting));
    CHECK(tells(vault, "safe_vault_refusals_total{reason=\"connections\"} 1\n"));
    CHECK_EQ(SAFE_OK, safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_IDLE_MS, 1, NULL));
    CHECK_EQ(SAFE_OK, soon(first.accepting));
    safe_client_free(client);
    safe_vault_free(vault);
}

/* A drained vault has let everybody go, and takes nobody. One that is freed ends what it serves. */
static void drained_and_freed(void) {
    safe_vault *vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    guest one = guest_of(vault, safe_vault_key(vault), 0), late;
    safe_client *client = client_of(&one);
    CHECK_EQ(SAFE_OK, soon(safe_vault_drain(vault, 10000)));
    CHECK_EQ(SAFE_OK, soon(one.accepting));
    safe_client_free(client);
    late = guest_of(vault, safe_vault_key(vault), 0);
    CHECK_EQ(SAFE_BUSY, soon(late.connecting));
    CHECK_EQ(SAFE_BUSY, soon(late.accepting));
    safe_vault_free(vault);
    vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    one = guest_of(vault, safe_vault_key(vault), 0);
    client = client_of(&one);
    safe_vault_free(vault);
    CHECK_EQ(SAFE_OK, soon(one.accepting));
    safe_client_free(client);
    vault = vault_of(safe_vault_open(NULL, "mem:", 0));
    one = guest_of(vault, safe_vault_key(vault), 0);
    client = client_of(&one);
    safe_op_cancel(one.accepting);
    CHECK_EQ(SAFE_CANCELLED, soon(one.accepting));
    CHECK_EQ(SAFE_BAD_URL, soon(safe_vault_accept(vault, "mem:")));
    safe_client_free(client);
    safe_vault_free(vault);
}

/* Over TCP: many clients of one daemon, who come and go. */
static void over_tcp(const char *room) {
    enum { CLIENTS = 20, SIZE = 5000000 };
    uint8_t *content = malloc(SIZE);
    char vault_url[1000], url[300], again[300];
    safe_client *clients[CLIENTS];
    safe_link *link;
    safe_bytes *bytes;
    safe_vault *vault;
    int i;
    snprintf(vault_url, sizeof vault_url, "file:%s/tcp", room);
    vault = vault_of(safe_vault_open(NULL, vault_url, 0));
    CHECK_EQ(0, safe_vault_url_count(vault));
    CHECK_EQ(SAFE_OK, soon(safe_vault_listen(vault, "tcp://127.0.0.1:0")));
    CHECK_EQ(SAFE_OK, soon(safe_vault_listen(vault, "tcp://127.0.0.1:0")));
    CHECK_EQ(2, safe_vault_url_count(vault));
    snprintf(url, sizeof url, "%s", safe_vault_url(vault, 0));
    CHECK(strncmp(url, "tcp://127.0.0.1:", 16) == 0 && strstr(url, safe_vault_key(vault)));
    CHECK_EQ(SAFE_BAD_URL, soon(safe_vault_listen(vault, "mem:")));
    CHECK_EQ(SAFE_BAD_URL, soon(safe_vault_listen(vault, "tcp://127.0.0.1")));
    snprintf(again, sizeof again, "%.*s", (int)(strchr(url, '#') - url), url);
    CHECK_EQ(SAFE_CONNECTION_FAILED, soon(safe_vault_listen(vault, again))); /* is taken */
    fill(content, SIZE, 7);
    for (i = 0; i < CLIENTS; i++) clients[i] = connect_to(i % 2 ? url : safe_vault_url(vault, 1));
    link = link_of(safe_put(clients[0], content, SIZE, 0));
    for (i = 0; i < CLIENTS; i++) {
        bytes = bytes_of(safe_get_bytes(clients[i], link, SIZE));
        CHECK(safe_bytes_size(bytes) == SIZE && memcmp(safe_bytes_data(bytes), content, SIZE) == 0);
        safe_bytes_free(bytes);
    }
    CHECK(tells(vault, "safe_vault_connections 20\n"));
    for (i = 0; i < CLIENTS; i++) safe_client_free(clients[i]);
    safe_link_free(link);
    safe_vault_free(vault);
    free(content);
}

int main(int count, char **arguments) {
    char room[900];
    if (count != 2) return 2;
    snprintf(room, sizeof room, "%s/serve-XXXXXX", arguments[1]); /* in which nobody has left anything before */
    if (!mkdtemp(room)) return 2;
    wires_start(&all, "wire");
    who_is_anonymous_reads(room);
    a_client_comes_again();
    keys_last(room);
    another_vault_is_refused();
    limits_hold();
    drained_and_freed();
    over_tcp(room);
    wires_stop(&all);
    return done();
}
