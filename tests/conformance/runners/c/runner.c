/* The runner of C: plays steps with the functions of safe.h (README, "What a runner speaks"). */
#include "things.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static uint64_t log_lines;

static void heard(void *user_data, int32_t level, const char *message) {
    (void)level;
    if (message) ++*(uint64_t *)user_data; /* one thread of the library at a time */
}

static void give_link(answer *out, safe_link *link) {
    const uint64_t size = safe_link_size(link);
    give_text(out, "text", safe_link_text(link));
    give_number(out, "private", (uint64_t)safe_link_is_private(link));
    if (size != SAFE_SIZE_UNKNOWN) give_number(out, "size", size);
    give_text(out, "name", safe_link_name(link));
    give_text(out, "media_type", safe_link_media_type(link));
}

/* --- links --- */

static void do_links(const line *request, answer *out) {
    const char *operation = request->operation;
    const char *text = text_of(request, strcmp(operation, "link") == 0 ? "text" : "link");
    safe_link *link = NULL, *other = NULL;
    safe_bytes *bytes = NULL;
    safe_error *error = NULL;
    safe_status status = SAFE_OK;
    uint8_t address[32];
    lump datamap = lump_of(request, "datamap");
    if (text) status = safe_link_parse(text, &link, &error);
    if (status != SAFE_OK) {
    } else if (strcmp(operation, "link_from_address") == 0) {
        status = safe_link_from_address(address_of(request, "address", address) ? address : NULL, &other, &error);
    } else if (strcmp(operation, "link_from_datamap") == 0) {
        status = safe_link_from_datamap(datamap.data, datamap.size, &other, &error);
    } else if (strcmp(operation, "link_with") == 0) {
        status = safe_link_with(link, text_of(request, "name"), text_of(request, "media_type"), &other, &error);
    } else if (strcmp(operation, "link_address") == 0) {
        status = safe_link_address(link, address, &error);
        if (status == SAFE_OK) give_address(out, "address", address);
    } else if (strcmp(operation, "link_datamap") == 0) {
        status = safe_link_datamap(link, &bytes, &error);
        if (status == SAFE_OK) give_bytes(out, "datamap", safe_bytes_data(bytes), safe_bytes_size(bytes));
    } else {
        give_link(out, link);
    }
    if (status != SAFE_OK)
        give_failure(out, status, error);
    else if (other)
        give_link(out, other);
    safe_bytes_free(bytes);
    safe_link_free(other);
    safe_link_free(link);
    free(datamap.memory);
}

/* --- keys --- */

static void make_key(const line *request, answer *out) {
    safe_key *key = NULL;
    safe_error *error = NULL;
    uint8_t public_key[32];
    lump seed = lump_of(request, "seed");
    safe_status status = seed.data ? safe_key_import(seed.data, &key, &error) : safe_key_generate(&key, &error);
    if (status == SAFE_OK) status = safe_key_public(key, public_key, &error);
    if (status == SAFE_OK) {
        give_address(out, "public", public_key);
        thing_keep(text_of(request, "as"), KEY, key);
    } else {
        give_failure(out, status, error);
    }
    free(seed.memory);
}

static void key_seed(const line *request, answer *out) {
    uint8_t seed[32];
    safe_error *error = NULL;
    const safe_status status = safe_key_export(handle_of(request, "key"), seed, &error);
    if (status == SAFE_OK)
        give_bytes(out, "seed", seed, sizeof seed);
    else
        give_failure(out, status, error);
}

static void sign(const line *request, answer *out) {
    uint8_t signature[64];
    safe_error *error = NULL;
    lump data = lump_of(request, "data");
    const safe_status status = safe_key_sign(handle_of(request, "key"), data.data, data.size, signature, &error);
    if (status == SAFE_OK)
        give_bytes(out, "signature", signature, sizeof signature);
    else
        give_failure(out, status, error);
    free(data.memory);
}

static void verify(const line *request, answer *out) {
    uint8_t public_key[32];
    safe_error *error = NULL;
    lump data = lump_of(request, "data"), signature = lump_of(request, "signature");
    const safe_status status = safe_key_verify(address_of(request, "public", public_key) ? public_key : NULL, data.data,
                                               data.size, signature.size == 64 ? signature.data : NULL, &error);
    if (status != SAFE_OK) give_failure(out, status, error);
    free(data.memory);
    free(signature.memory);
}

static void record_address(const line *request, answer *out) {
    uint8_t owner[32], address[32];
    safe_error *error = NULL;
    const safe_status status = safe_record_address_of(address_of(request, "owner", owner) ? owner : NULL,
                                                      text_of(request, "label"), address, &error);
    if (status == SAFE_OK)
        give_address(out, "address", address);
    else
        give_failure(out, status, error);
}

/* --- the library --- */

static void version(const line *request, answer *out) {
    (void)request;
    give_text(out, "text", safe_version_string());
    give_number(out, "number", safe_version_number());
    give_number(out, "abi", safe_abi_version());
}

static void feature(const line *request, answer *out) {
    give_number(out, "value", (uint64_t)safe_feature(text_of(request, "name")));
}

static void setting(const line *request, answer *out) {
    const int32_t which = strcmp(text_of(request, "name"), "workers") == 0 ? SAFE_SETTING_WORKERS : SAFE_SETTING_MEMORY;
    safe_error *error = NULL;
    safe_status status = SAFE_OK;
    if (text_of(request, "value")) status = safe_set(which, number_of(request, "value", 0), &error);
    if (status == SAFE_OK)
        give_number(out, "value", safe_get(which));
    else
        give_failure(out, status, error);
}

static void state(const line *request, answer *out) {
    give_number(out, "value", (uint64_t)safe_client_state(handle_of(request, "client")));
}

static void timeout(const line *request, answer *out) {
    safe_error *error = NULL;
    const safe_status status =
        safe_client_set_timeout(handle_of(request, "client"), number_of(request, "milliseconds", 0), &error);
    if (status != SAFE_OK) give_failure(out, status, error);
}

static void hear_log(const line *request, answer *out) {
    const int32_t level = (int32_t)number_of(request, "level", 0);
    safe_log_to(level ? level : SAFE_LOG_ERROR, level ? heard : NULL, &log_lines);
    give_number(out, "lines", log_lines);
    log_lines = 0;
}

static void collect(const line *request, answer *out) {
    (void)request;
    (void)out;
}

static void live_handles(const line *request, answer *out) {
    (void)request;
    give_number(out, "value", safe_debug_live_handles());
}

/* --- things --- */

static void close_thing(const line *request, answer *out) {
    thing *found = thing_find(text_of(request, "of"));
    (void)out;
    if (found) thing_close(found);
}

static void replay_size(const line *request, answer *out) {
    give_number(out, "value", safe_writer_replay_size(handle_of(request, "writer")));
}

static void make_port(const line *request, answer *out) {
    const char *name = text_of(request, "as"), *scheme = text_of(request, "scheme");
    const int is_store = strcmp(request->operation, "port") == 0;
    safe_port *port = NULL;
    safe_error *error = NULL;
    const safe_status status =
        safe_port_create(is_store ? SAFE_PORT_STORE : SAFE_PORT_TRANSPORT, scheme, &port, &error);
    thing *made;
    if (status != SAFE_OK) {
        give_failure(out, status, error);
        return;
    }
    thing_keep(name, PORT, port);
    made = thing_find(name);
    made->server = is_store ? folder_serve(port, text_of(request, "folder"))
                            : transport_serve(port, scheme, text_of(request, "vault"));
    made->end_server = is_store ? folder_end : transport_end;
}

/* The end of an operation, which is freed. */
static int ended(safe_op *op, answer *out) {
    safe_error *error = NULL;
    const safe_status status = safe_op_wait(op, SAFE_FOREVER, &error);
    safe_op_free(op);
    if (status != SAFE_OK) give_failure(out, status, error);
    return status == SAFE_OK;
}

static void serve(const line *request, answer *out) {
    safe_op *op = safe_vault_open(NULL, text_of(request, "vault"), 0);
    safe_vault *vault = NULL;
    safe_error *error = NULL;
    safe_status status = safe_op_wait(op, SAFE_FOREVER, &error);
    if (status == SAFE_OK) status = safe_op_take_vault(op, &vault, &error);
    safe_op_free(op);
    if (status == SAFE_OK) status = safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_CONNECTIONS, 100, &error);
    if (status == SAFE_OK && text_of(request, "quota"))
        status = safe_vault_set_limit(vault, SAFE_VAULT_LIMIT_QUOTA, number_of(request, "quota", 0), &error);
    /* Nobody asks for it before wss:. */
    if (status == SAFE_OK) status = safe_vault_set_certificate(vault, "no.pem", "no.pem", &error);
    if (status != SAFE_OK) {
        give_failure(out, status, error);
        return;
    }
    thing_keep(text_of(request, "as"), VAULT, vault);
    if (!ended(safe_vault_listen(vault, "tcp://127.0.0.1:0"), out)) return;
    give_text(out, "key", safe_vault_key(vault));
    give_text(out, "url", safe_vault_url(vault, safe_vault_url_count(vault) - 1));
}

static void metrics(const line *request, answer *out) {
    safe_op *op = safe_vault_metrics(handle_of(request, "of"));
    safe_bytes *bytes = NULL;
    safe_error *error = NULL;
    safe_status status = safe_op_wait(op, SAFE_FOREVER, &error);
    if (status == SAFE_OK) status = safe_op_take_bytes(op, &bytes, &error);
    safe_op_free(op);
    if (status != SAFE_OK) {
        give_failure(out, status, error);
    } else {
        const size_t size = safe_bytes_size(bytes);
        char *text = calloc(1, size + 1);
        memcpy(text, safe_bytes_data(bytes), size);
        give_text(out, "text", text);
        free(text);
    }
    safe_bytes_free(bytes);
}

static void drain(const line *request, answer *out) { ended(safe_vault_drain(handle_of(request, "of"), 10000), out); }

static void hold(const line *request, answer *out) {
    (void)out;
    folder_hold(thing_find(text_of(request, "port"))->server, strcmp(request->operation, "port_hold") == 0);
}

/* C does not forbid what the handle table does. */
static void misuse(const line *request, answer *out) {
    safe_op *op = safe_connect("mem:", 0);
    safe_client *client = NULL;
    safe_error *error = NULL;
    safe_status status = safe_op_wait(op, SAFE_FOREVER, &error);
    if (status == SAFE_OK) status = safe_op_take_client(op, &client, &error);
    safe_op_free(op);
    if (status == SAFE_OK) {
        void *thing = handle_of(request, "of");
        if (strcmp(text_of(request, "where"), "key") == 0)
            op = safe_record_create(client, thing, "label", NULL, 0);
        else
            op = safe_get_bytes(client, thing, 100);
        status = safe_op_wait(op, SAFE_FOREVER, &error);
        safe_op_free(op);
    }
    safe_client_free(client);
    if (status != SAFE_OK) give_failure(out, status, error);
}

static void fork_off(const line *request, answer *out) {
    const uint8_t data[] = "from a child";
    char code[100] = "";
    int ends[2];
    pid_t child;
    if (pipe(ends) != 0) abort();
    child = fork();
    if (child == 0) {
        safe_op *op = safe_put(handle_of(request, "client"), data, sizeof data, 0);
        const char *name = safe_code_name(safe_op_wait(op, SAFE_FOREVER, NULL));
        _exit(write(ends[1], name, strlen(name)) < 0);
    }
    close(ends[1]);
    if (read(ends[0], code, sizeof code - 1) < 0) abort();
    close(ends[0]);
    waitpid(child, NULL, 0);
    give_text(out, "code", code);
}

/* --- what was started --- */

static void wait_for(const line *request, answer *out) { work_wait(text_of(request, "op"), out); }

static void cancel(const line *request, answer *out) {
    work *found = work_find(text_of(request, "op"));
    (void)out;
    if (found) safe_op_cancel(found->op);
}

static void pending(const line *request, answer *out) {
    const work *found = work_find(text_of(request, "op"));
    give_number(out, "value", found && safe_op_state(found->op) == SAFE_OP_PENDING);
}

static void progress(const line *request, answer *out) {
    const work *found = work_find(text_of(request, "op"));
    uint64_t done = 0, total = SAFE_SIZE_UNKNOWN;
    safe_error *error = NULL;
    const safe_status status = safe_op_progress(found ? found->op : NULL, &done, &total, &error);
    if (status != SAFE_OK) {
        give_failure(out, status, error);
        return;
    }
    give_number(out, "done", done);
    if (total != SAFE_SIZE_UNKNOWN) give_number(out, "total", total);
}

static void drop(const line *request, answer *out) {
    work *found = work_find(text_of(request, "op"));
    (void)out;
    if (found) work_drop(found);
}

static void end(const line *request, answer *out) {
    int waited;
    (void)request;
    things_close();
    works_end();
    /* What was dropped goes on to its end without anybody. */
    for (waited = 0; waited < 10000 && safe_debug_live_handles(); waited++) usleep(1000);
    give_number(out, "live", safe_debug_live_handles());
}

static const struct {
    const char *name;
    void (*run)(const line *, answer *);
} operations[] = {
    {"link", do_links},
    {"link_from_address", do_links},
    {"link_from_datamap", do_links},
    {"link_with", do_links},
    {"link_address", do_links},
    {"link_datamap", do_links},
    {"key", make_key},
    {"key_seed", key_seed},
    {"sign", sign},
    {"verify", verify},
    {"record_address", record_address},
    {"version", version},
    {"feature", feature},
    {"setting", setting},
    {"state", state},
    {"timeout", timeout},
    {"log", hear_log},
    {"collect", collect},
    {"live_handles", live_handles},
    {"close", close_thing},
    {"replay_size", replay_size},
    {"port", make_port},
    {"transport", make_port},
    {"serve", serve},
    {"metrics", metrics},
    {"drain", drain},
    {"port_hold", hold},
    {"port_release", hold},
    {"misuse", misuse},
    {"fork", fork_off},
    {"wait", wait_for},
    {"cancel", cancel},
    {"pending", pending},
    {"progress", progress},
    {"drop", drop},
    {"end", end},
};

int simple_do(const line *request, answer *out) {
    size_t i;
    for (i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(request->operation, operations[i].name) != 0) continue;
        operations[i].run(request, out);
        return 1;
    }
    return 0;
}

static const char can[] =
    "addresses,behind,children,chunks,closing,datamaps,details,empty_urls,files,fork,identities,limits,"
    "links,log,metrics,named_links,own_vaults,pages,ports,progress,record_addresses,replay,rooms,s1,"
    "seeds,serving,settings,signing,sizes,sockets,states,streams,transports,u64,unsigned,vaults,views,untyped";

int main(int argc, char **argv) {
    line request;
    line_folder = argc > 1 ? argv[1] : ".";
    printf("hello c can=%s store=native\n", can);
    fflush(stdout);
    while (line_read(&request)) {
        answer out = {NULL, 0, 0, SAFE_OK};
        if (strcmp(request.operation, "exit") == 0) exit(0);
        if (!simple_do(&request, &out) && !content_do(&request, &out) && !vault_do(&request, &out)) {
            fprintf(stderr, "there is no operation %s here\n", request.operation);
            return 1;
        }
        answer_send(&out, &request);
        line_free(&request);
    }
    return 0;
}
