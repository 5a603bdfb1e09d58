/* Links, keys, records, the old chunk format, settings and logs through the C interface. */
#define _GNU_SOURCE
#include "check.h"

static void links_say_what_they_hold(void) {
    uint8_t address[32], back[32];
    safe_link *link = NULL, *named = NULL, *parsed = NULL;
    safe_bytes *map = NULL;
    fill(address, sizeof address, 5);
    CHECK_EQ(SAFE_OK, safe_link_from_address(address, &link, NULL));
    CHECK_EQ(0, safe_link_is_private(link));
    CHECK(safe_link_size(link) == SAFE_SIZE_UNKNOWN);
    CHECK(safe_link_name(link) == NULL);
    CHECK(safe_link_media_type(link) == NULL);
    CHECK_EQ(SAFE_OK, safe_link_with(link, "caf\xc3\xa9.txt", "text/plain", &named, NULL));
    CHECK(strcmp("caf\xc3\xa9.txt", safe_link_name(named)) == 0);
    CHECK(strcmp("text/plain", safe_link_media_type(named)) == 0);
    CHECK_EQ(SAFE_OK, safe_link_parse(safe_link_text(named), &parsed, NULL));
    CHECK(strcmp(safe_link_text(named), safe_link_text(parsed)) == 0);
    CHECK_EQ(SAFE_OK, safe_link_address(parsed, back, NULL));
    CHECK(memcmp(address, back, 32) == 0);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_link_datamap(parsed, &map, NULL));
    safe_link_free(parsed);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_link_with(link, "\xff", NULL, &parsed, NULL));
    CHECK_EQ(SAFE_BAD_DATA_MAP, safe_link_from_datamap(address, 32, &parsed, NULL));
    CHECK(parsed == NULL);
    safe_link_free(named);
    safe_link_free(link);
}

static void a_private_link_is_its_data_map(safe_client *client) {
    safe_link *link = link_of(safe_put(client, (const uint8_t *)"some secret", 11, SAFE_PUT_PRIVATE)), *again = NULL;
    safe_bytes *map = NULL, *bytes;
    safe_reader *reader;
    uint8_t address[32];
    CHECK_EQ(1, safe_link_is_private(link));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_link_address(link, address, NULL));
    CHECK_EQ(SAFE_OK, safe_link_datamap(link, &map, NULL));
    CHECK_EQ(SAFE_OK, safe_link_from_datamap(safe_bytes_data(map), safe_bytes_size(map), &again, NULL));
    CHECK(strcmp(safe_link_text(link), safe_link_text(again)) == 0);
    reader = reader_of(safe_open_datamap(client, safe_bytes_data(map), safe_bytes_size(map)));
    bytes = bytes_of(safe_reader_read(reader, 5, 100));
    CHECK_EQ(6, safe_bytes_size(bytes));
    CHECK(memcmp(safe_bytes_data(bytes), "secret", 6) == 0);
    safe_bytes_free(bytes);
    safe_reader_free(reader);
    safe_bytes_free(map);
    safe_link_free(again);
    safe_link_free(link);
}

/* RFC 8032 section 7.1, test 2. */
static void keys_sign_as_the_rfc_says(void) {
    static const uint8_t seed[32] = {0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
                                     0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
                                     0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb};
    static const uint8_t wanted[64] = {0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f,
                                       0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76,
                                       0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99,
                                       0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae,
                                       0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00};
    const uint8_t message[1] = {0x72};
    uint8_t public_key[32], signature[64], exported[32];
    safe_key *key = NULL;
    CHECK_EQ(SAFE_OK, safe_key_import(seed, &key, NULL));
    CHECK_EQ(SAFE_OK, safe_key_public(key, public_key, NULL));
    CHECK_EQ(SAFE_OK, safe_key_sign(key, message, 1, signature, NULL));
    CHECK(memcmp(wanted, signature, 64) == 0);
    CHECK_EQ(SAFE_OK, safe_key_verify(public_key, message, 1, signature, NULL));
    signature[63] ^= 1;
    CHECK_EQ(SAFE_BAD_SIGNATURE, safe_key_verify(public_key, message, 1, signature, NULL));
    CHECK_EQ(SAFE_OK, safe_key_sign(key, NULL, 0, signature, NULL));
    CHECK_EQ(SAFE_OK, safe_key_verify(public_key, NULL, 0, signature, NULL));
    CHECK_EQ(SAFE_OK, safe_key_export(key, exported, NULL));
    CHECK(memcmp(seed, exported, 32) == 0);
    safe_key_free(key);
}

static safe_record *record_of(safe_op *op) {
    safe_record *record = NULL;
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_record(op, &record, NULL));
    safe_op_free(op);
    return record;
}

/* The code of a failed operation, and the current version in its details. */
static safe_status conflict(safe_op *op, uint64_t *current) {
    safe_error *error = NULL;
    safe_status status = safe_op_wait(op, SAFE_FOREVER, &error);
    CHECK_EQ(SAFE_OK, safe_error_detail_u64(error, "current_version", current));
    CHECK(strcmp("current_version", safe_error_detail_name(error, 0)) == 0);
    CHECK(safe_error_detail_name(error, 1) == NULL);
    CHECK(safe_error_detail_text(error, "current_version") == NULL);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_error_detail_u64(error, "no_such", current));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_error_detail_u64(error, NULL, current));
    CHECK(safe_error_detail_text(error, NULL) == NULL);
    safe_error_free(error);
    safe_op_free(op);
    return status;
}

static void list_all(safe_client *client, const uint8_t *address, uint64_t newest) {
    uint64_t before = SAFE_VERSION_NEWEST, wanted = newest + 1, i;
    int32_t more = 1;
    while (more) {
        safe_record_page *page = NULL;
        safe_record *record = NULL;
        safe_op *op = safe_record_list(client, address, before, 3);
        MUST(op);
        CHECK_EQ(SAFE_OK, safe_op_take_record_page(op, &page, NULL));
        safe_op_free(op);
        for (i = 0; i < safe_record_page_count(page); i++) {
            CHECK_EQ(SAFE_OK, safe_record_page_get(page, i, &record, NULL));
            CHECK_EQ(--wanted, safe_record_version(record));
            safe_record_free(record);
        }
        CHECK_EQ(SAFE_INVALID_RANGE, safe_record_page_get(page, i, &record, NULL));
        CHECK_EQ(SAFE_OK, safe_record_page_next(page, &more, &before, NULL));
        safe_record_page_free(page);
    }
    CHECK_EQ(0, wanted);
}

static void records_have_versions(safe_client *client) {
    uint8_t address[32], computed[32], owner[32], who[32];
    uint64_t current = 0, version;
    safe_key *key = NULL;
    safe_record *record;
    safe_bytes *value = NULL;
    CHECK_EQ(SAFE_OK, safe_key_generate(&key, NULL));
    CHECK_EQ(SAFE_OK, safe_key_public(key, owner, NULL));
    CHECK_EQ(SAFE_OK, safe_record_address_of(owner, "label", computed, NULL));
    CHECK_EQ(SAFE_NO_SUCH_DATA, end_of(safe_record_get(client, computed, SAFE_VERSION_NEWEST)));
    CHECK_EQ(SAFE_NO_SUCH_DATA, end_of(safe_record_set(client, key, "label", 1, NULL, 0)));

    record = record_of(safe_record_create(client, key, "label", (const uint8_t *)"zero", 4));
    CHECK_EQ(SAFE_OK, safe_record_address(record, address, NULL));
    CHECK(memcmp(address, computed, 32) == 0);
    CHECK_EQ(SAFE_OK, safe_record_owner(record, who, NULL));
    CHECK(memcmp(owner, who, 32) == 0);
    CHECK(strcmp("label", safe_record_label(record)) == 0);
    CHECK_EQ(0, safe_record_version(record));
    CHECK_EQ(SAFE_OK, safe_record_value(record, &value, NULL));
    CHECK(safe_bytes_size(value) == 4 && memcmp(safe_bytes_data(value), "zero", 4) == 0);
    safe_bytes_free(value);
    safe_record_free(record);

    for (version = 1; version <= 7; version++)
        safe_record_free(record_of(safe_record_set(client, key, "label", version, (const uint8_t *)&version, 8)));
    CHECK_EQ(SAFE_DATA_EXISTS, conflict(safe_record_create(client, key, "label", NULL, 0), &current));
    CHECK_EQ(7, current);
    CHECK_EQ(SAFE_INVALID_SUCCESSOR, conflict(safe_record_set(client, key, "label", 9, NULL, 0), &current));
    CHECK_EQ(7, current);

    record = record_of(safe_record_get(client, address, SAFE_VERSION_NEWEST));
    CHECK_EQ(7, safe_record_version(record));
    safe_record_free(record);
    record = record_of(safe_record_get(client, address, 3));
    CHECK_EQ(3, safe_record_version(record));
    safe_record_free(record);
    list_all(client, address, 7);

    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_record_list(client, address, SAFE_VERSION_NEWEST, 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_record_list(client, address, SAFE_VERSION_NEWEST, 1001)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_record_create(client, key, "", NULL, 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_record_create(client, key, "l", NULL, 1)));
    safe_key_free(key);
}

static void s1_goes_in_and_out(void) {
    static uint8_t content[2500000];
    static struct {
        uint8_t name[32];
        safe_bytes *bytes;
    } kept[16];
    uint64_t count = 0, i, k;
    size_t offset = 0;
    safe_s1_encoder *encoder = NULL;
    safe_s1_map *map = NULL;
    safe_bytes *datamap = NULL, *bytes = NULL;
    uint8_t name[32];
    fill(content, sizeof content, 3);
    CHECK_EQ(SAFE_OK, safe_s1_encoder_create(&encoder, NULL));
    for (i = 0; i < sizeof content; i += 500000) {
        CHECK_EQ(SAFE_OK, safe_s1_encoder_write(encoder, content + i, 500000, NULL));
        while (safe_s1_encoder_next(encoder, name, &bytes, NULL) == SAFE_OK && bytes) {
            memcpy(kept[count].name, name, 32);
            kept[count++].bytes = bytes;
        }
    }
    CHECK_EQ(SAFE_OK, safe_s1_encoder_finish(encoder, &datamap, NULL));
    while (safe_s1_encoder_next(encoder, name, &bytes, NULL) == SAFE_OK && bytes) {
        memcpy(kept[count].name, name, 32);
        kept[count++].bytes = bytes;
    }
    CHECK_EQ(SAFE_CLOSED, safe_s1_encoder_write(encoder, content, 1, NULL));
    safe_s1_encoder_free(encoder);

    CHECK_EQ(SAFE_OK, safe_s1_map_parse(safe_bytes_data(datamap), safe_bytes_size(datamap), &map, NULL));
    CHECK_EQ(sizeof content, safe_s1_map_size(map));
    CHECK_EQ(count, safe_s1_map_chunk_count(map));
    for (i = 0; i < count; i++) {
        CHECK_EQ(SAFE_OK, safe_s1_map_chunk_name(map, i, name, NULL));
        for (k = 0; k < count && memcmp(kept[k].name, name, 32) != 0; k++) {
        }
        CHECK(k < count);
        CHECK_EQ(SAFE_OK, safe_s1_map_decrypt(map, i, safe_bytes_data(kept[k].bytes), safe_bytes_size(kept[k].bytes),
                                              &bytes, NULL));
        CHECK(memcmp(safe_bytes_data(bytes), content + offset, safe_bytes_size(bytes)) == 0);
        offset += safe_bytes_size(bytes);
        safe_bytes_free(bytes);
        CHECK_EQ(SAFE_CHUNK_CORRUPT, safe_s1_map_decrypt(map, i, content, 100, &bytes, NULL));
    }
    CHECK_EQ(sizeof content, offset);
    CHECK_EQ(SAFE_INVALID_RANGE, safe_s1_map_chunk_name(map, count, name, NULL));
    safe_s1_map_free(map);
    CHECK_EQ(SAFE_BAD_DATA_MAP, safe_s1_map_parse(content, 100, &map, NULL));
    CHECK(map == NULL);
    for (i = 0; i < count; i++) safe_bytes_free(kept[i].bytes);
    safe_bytes_free(datamap);
}

static void the_library_knows_itself(void) {
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", SAFE_VERSION_MAJOR, SAFE_VERSION_MINOR, SAFE_VERSION_PATCH);
    CHECK(strcmp(text, safe_version_string()) == 0);
    CHECK_EQ(SAFE_VERSION_MAJOR * 1000000 + SAFE_VERSION_MINOR * 1000 + SAFE_VERSION_PATCH, safe_version_number());
    CHECK_EQ(SAFE_ABI_VERSION, safe_abi_version());
    CHECK_EQ(1, safe_feature("mem"));
    CHECK_EQ(1, safe_feature("wait"));
    CHECK_EQ(0, safe_feature("teleport"));
    CHECK_EQ(0, safe_feature(NULL));
    CHECK(strcmp("SAFE_STORE_FULL", safe_code_name(SAFE_STORE_FULL)) == 0);
    CHECK(strcmp("SAFE_OK", safe_code_name(0)) == 0);
    CHECK(strcmp("SAFE_UNKNOWN", safe_code_name(1)) == 0);
    CHECK(strcmp("SAFE_UNKNOWN", safe_code_name(-2999)) == 0);
    CHECK_EQ(1, safe_code_is_retryable(SAFE_STORE_BUSY));
    CHECK_EQ(0, safe_code_is_retryable(SAFE_BAD_LINK));
}

static void settings_hold_while_nobody_is_connected(void) {
    safe_client *client;
    CHECK_EQ(SAFE_OK, safe_set(SAFE_SETTING_WORKERS, 1, NULL));
    CHECK_EQ(1, safe_get(SAFE_SETTING_WORKERS));
    CHECK_EQ(64 << 20, safe_get(SAFE_SETTING_MEMORY));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_set(SAFE_SETTING_WORKERS, 100000, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_set(SAFE_SETTING_MEMORY, 1000, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_set(99, 1, NULL));
    CHECK_EQ(0, safe_get(99));
    client = connect_to("mem:");
    CHECK_EQ(SAFE_BUSY, safe_set(SAFE_SETTING_WORKERS, 2, NULL));
    safe_client_free(client);
    CHECK_EQ(SAFE_OK, safe_set(SAFE_SETTING_WORKERS, 0, NULL));
}

static void bad_environment_is_an_error_of_connect(void) {
    static const char *const bad[] = {"0", "-1", "many", "1.5", "257", "99999999999999999999", "2 "};
    size_t i;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        setenv("SAFE_WORKERS", bad[i], 1);
        CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_connect("mem:", 0)));
        CHECK_EQ(0, safe_get(SAFE_SETTING_WORKERS));
    }
    setenv("SAFE_WORKERS", "2", 1);
    setenv("SAFE_MEMORY", "64", 1);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_connect("mem:", 0))); /* too little for two */
    unsetenv("SAFE_WORKERS");
    CHECK_EQ(1, safe_get(SAFE_SETTING_WORKERS)); /* as many as the memory allows */
    setenv("SAFE_MEMORY", "", 1);
    CHECK_EQ(SAFE_OK, end_of(safe_connect("mem:", 0)));
    unsetenv("SAFE_MEMORY");
}

typedef struct lines {
    unsigned count;
    char last[256];
} lines;

static void on_line(void *user_data, int32_t level, const char *message) {
    lines *seen = user_data;
    CHECK(level >= SAFE_LOG_ERROR && level <= SAFE_LOG_INFO);
    snprintf(seen->last, sizeof seen->last, "%s", message);
    seen->count++;
}

static void a_log_sink_gets_lines_until_it_is_taken_off(void) {
    lines seen;
    memset(&seen, 0, sizeof seen);
    safe_log_to(SAFE_LOG_INFO, on_line, &seen);
    safe_client_free(connect_to("mem:"));
    CHECK(seen.count > 0);
    CHECK(strstr(seen.last, "workers") != NULL);
    safe_log_to(SAFE_LOG_ERROR, on_line, &seen);
    seen.count = 0;
    safe_client_free(connect_to("mem:"));
    CHECK_EQ(0, seen.count);
    safe_log_to(SAFE_LOG_DEBUG, NULL, NULL);
    safe_client_free(connect_to("mem:"));
    CHECK_EQ(0, seen.count);
}

int main(void) {
    safe_client *client;
    the_library_knows_itself();
    bad_environment_is_an_error_of_connect();
    settings_hold_while_nobody_is_connected();
    a_log_sink_gets_lines_until_it_is_taken_off();
    links_say_what_they_hold();
    keys_sign_as_the_rfc_says();
    s1_goes_in_and_out();
    client = connect_to("mem:");
    a_private_link_is_its_data_map(client);
    records_have_versions(client);
    safe_client_free(client);
    return done();
}
