/* Content in and out through the C interface: whole, in streams, in ranges; and what a freed client leaves behind.
 *
 *   streams DIRECTORY */
#include "check.h"

#define CHUNK 4190208u

static uint8_t content[3 * CHUNK + 12345];

static void round_trip(safe_client *client, size_t size, uint32_t flags) {
    safe_link *link = link_of(safe_put(client, content, size, flags));
    safe_bytes *bytes = bytes_of(safe_get_bytes(client, link, size));
    CHECK_EQ(size, safe_bytes_size(bytes));
    CHECK(memcmp(safe_bytes_data(bytes), content, size) == 0);
    CHECK_EQ(size, safe_link_size(link));
    CHECK_EQ(flags & SAFE_PUT_PRIVATE ? 1 : 0, safe_link_is_private(link));
    safe_bytes_free(bytes);
    safe_link_free(link);
}

static void every_size_comes_back(safe_client *client) {
    static const size_t sizes[] = {
        0, 1, 2, 3, 4, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1, 3 * CHUNK, 3 * CHUNK + 1};
    size_t i;
    for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        round_trip(client, sizes[i], 0);
        round_trip(client, sizes[i], SAFE_PUT_PRIVATE | SAFE_PUT_VERIFY);
    }
}

static void a_get_above_its_limit_is_refused(safe_client *client) {
    safe_link *link = link_of(safe_put(client, content, 1000, 0));
    safe_error *error = NULL;
    uint64_t limit = 0;
    safe_op *op = safe_get_bytes(client, link, 999);
    CHECK_EQ(SAFE_DATA_TOO_LARGE, safe_op_wait(op, SAFE_FOREVER, &error));
    CHECK_EQ(SAFE_OK, safe_error_detail_u64(error, "limit", &limit));
    CHECK_EQ(999, limit);
    safe_error_free(error);
    safe_op_free(op);
    safe_link_free(link);
}

static void a_receipt_tells_what_was_made(safe_client *client) {
    uint8_t address[32], of_link[32];
    uint64_t size = 0, count, sum = 0, i;
    safe_receipt *receipt = NULL;
    safe_link *link = NULL;
    safe_op *op;
    fill(content, 5000, 99);
    op = safe_put(client, content, 5000, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_receipt(op, &receipt, NULL));
    count = safe_receipt_chunk_count(receipt);
    CHECK_EQ(5000, safe_receipt_size(receipt));
    CHECK_EQ(4, count); /* three of content, one of the map */
    CHECK_EQ(count, safe_receipt_new_chunks(receipt));
    for (i = 0; i < count; i++) {
        CHECK_EQ(SAFE_OK, safe_receipt_chunk(receipt, i, address, &size, NULL));
        CHECK_EQ(1, number_of(safe_chunk_exists(client, address)));
        sum += size;
    }
    CHECK_EQ(sum, safe_receipt_new_bytes(receipt));
    CHECK_EQ(SAFE_OK, safe_receipt_link(receipt, &link, NULL));
    CHECK_EQ(SAFE_OK, safe_link_address(link, of_link, NULL));
    CHECK(memcmp(address, of_link, 32) == 0);
    CHECK_EQ(SAFE_INVALID_RANGE, safe_receipt_chunk(receipt, count, address, &size, NULL));
    safe_link_free(link);
    safe_receipt_free(receipt);
    safe_op_free(op);

    op = safe_put(client, content, 5000, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_take_receipt(op, &receipt, NULL));
    CHECK_EQ(0, safe_receipt_new_chunks(receipt)); /* the second time nothing is new */
    safe_receipt_free(receipt);
    safe_op_free(op);
}

static void ranges_are_read_as_asked(safe_client *client) {
    static const uint64_t ranges[][2] = {{0, 0},        {0, 1}, {CHUNK - 1, 2}, {5, 1000}, {2 * CHUNK - 5, CHUNK + 10},
                                         {0, 3 * CHUNK}};
    safe_link *link = link_of(safe_put(client, content, sizeof content, 0));
    safe_reader *reader = reader_of(safe_open(client, link));
    static uint8_t into[sizeof content];
    size_t i;
    CHECK_EQ(sizeof content, safe_reader_size(reader));
    for (i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const uint64_t offset = ranges[i][0], length = ranges[i][1];
        safe_bytes *bytes = bytes_of(safe_reader_read(reader, offset, length));
        CHECK_EQ(length, safe_bytes_size(bytes));
        CHECK(memcmp(safe_bytes_data(bytes), content + offset, (size_t)length) == 0);
        safe_bytes_free(bytes);
        CHECK_EQ(length, number_of(safe_reader_read_into(reader, offset, into, (size_t)length)));
        CHECK(memcmp(into, content + offset, (size_t)length) == 0);
    }
    CHECK_EQ(5, number_of(safe_reader_read_into(reader, sizeof content - 5, into, 100)));
    CHECK_EQ(0, number_of(safe_reader_read_into(reader, sizeof content, into, 100)));
    CHECK_EQ(0, number_of(safe_reader_read_into(reader, UINT64_MAX, into, 100)));
    CHECK_EQ(0, number_of(safe_reader_read_into(reader, 0, NULL, 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_reader_read_into(reader, 0, NULL, 1)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_reader_read(reader, 0, 16777217)));
    safe_reader_free(reader);
    safe_link_free(link);
}

static safe_link *close_writer(safe_writer *writer) {
    safe_link *link = link_of(safe_writer_close(writer));
    CHECK_EQ(SAFE_CLOSED, end_of(safe_writer_close(writer)));
    CHECK_EQ(SAFE_CLOSED, end_of(safe_writer_write(writer, content, 1)));
    safe_writer_free(writer);
    return link;
}

/* Any cut of the same bytes, of known or unknown size, gives the same link. */
static void streams_make_what_put_makes(safe_client *client) {
    const size_t size = 2 * CHUNK + 777, step = 700001;
    safe_link *whole = link_of(safe_put(client, content, size, 0)), *link;
    safe_writer *writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
    size_t at;
    CHECK_EQ(0, safe_writer_replay_size(writer));
    for (at = 0; at < size; at += step)
        CHECK_EQ(SAFE_OK, end_of(safe_writer_write(writer, content + at, at + step < size ? step : size - at)));
    CHECK_EQ(SAFE_OK, end_of(safe_writer_write(writer, NULL, 0)));
    link = close_writer(writer);
    CHECK(strcmp(safe_link_text(whole), safe_link_text(link)) == 0);
    safe_link_free(link);

    writer = writer_of(safe_writer_open(client, size, SAFE_PUT_REPLAY));
    CHECK(safe_writer_replay_size(writer) > 0);
    CHECK_EQ(SAFE_OK, end_of(safe_writer_write(writer, content, size)));
    CHECK_EQ(SAFE_OK, end_of(safe_writer_write(writer, content, (size_t)safe_writer_replay_size(writer))));
    link = close_writer(writer);
    CHECK(strcmp(safe_link_text(whole), safe_link_text(link)) == 0);
    safe_link_free(link);

    writer = writer_of(safe_writer_open(client, size, 0));
    for (at = 0; at < size; at += step) {
        const size_t part = at + step < size ? step : size - at;
        uint8_t *memory = NULL;
        CHECK_EQ(SAFE_OK, safe_writer_reserve(writer, step, &memory, NULL));
        memcpy(memory, content + at, part);
        CHECK_EQ(SAFE_OK, end_of(safe_writer_commit(writer, part)));
    }
    link = close_writer(writer);
    CHECK(strcmp(safe_link_text(whole), safe_link_text(link)) == 0);
    safe_link_free(link);
    safe_link_free(whole);
}

static void a_writer_says_what_is_wrong(safe_client *client) {
    uint8_t *memory = NULL;
    safe_writer *writer = writer_of(safe_writer_open(client, 10, 0));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_writer_commit(writer, 1)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_writer_reserve(writer, 0, &memory, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_writer_reserve(writer, 4194305, &memory, NULL));
    CHECK_EQ(SAFE_OK, safe_writer_reserve(writer, 5, &memory, NULL));
    memset(memory, 1, 5);
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_writer_commit(writer, 6)));
    CHECK_EQ(SAFE_OK, end_of(safe_writer_commit(writer, 5)));
    CHECK_EQ(SAFE_SIZE_MISMATCH, end_of(safe_writer_write(writer, content, 6)));
    CHECK_EQ(SAFE_SIZE_MISMATCH, end_of(safe_writer_close(writer))); /* the same from then on */
    safe_writer_free(writer);

    writer = writer_of(safe_writer_open(client, 10, 0));
    CHECK_EQ(SAFE_OK, end_of(safe_writer_write(writer, content, 9)));
    CHECK_EQ(SAFE_SIZE_MISMATCH, end_of(safe_writer_close(writer)));
    safe_writer_free(writer);

    CHECK_EQ(SAFE_TOO_LARGE, end_of(safe_writer_open(client, 658408000000000u, 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, SAFE_PUT_REPLAY)));
}

/* One write at a time. On a busy machine the write under way may be over before the others are tried, and then nothing was
 * tried: once more. */
static void a_second_write_is_refused(safe_client *client) {
    int tried = 0, attempt;
    for (attempt = 0; attempt < 100 && !tried; attempt++) {
        safe_writer *writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
        safe_op *first = safe_writer_write(writer, content, sizeof content);
        uint8_t *memory = NULL;
        const safe_status write = end_of(safe_writer_write(writer, content, 1));
        const safe_status reserve = safe_writer_reserve(writer, 1, &memory, NULL);
        const safe_status end = end_of(safe_writer_close(writer));
        tried = safe_op_state(first) == SAFE_OP_PENDING;
        if (tried) {
            CHECK_EQ(SAFE_PENDING, write);
            CHECK_EQ(SAFE_PENDING, reserve);
            CHECK_EQ(SAFE_PENDING, end);
        }
        CHECK_EQ(SAFE_OK, end_of(first));
        safe_writer_free(writer); /* abandoned */
    }
    CHECK(tried);
}

static void a_cancelled_write_ends_its_stream(safe_client *client) {
    safe_writer *writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
    safe_op *op = safe_writer_write(writer, content, sizeof content);
    safe_status status;
    safe_op_cancel(op);
    status = safe_op_wait(op, SAFE_FOREVER, NULL);
    CHECK(status == SAFE_CANCELLED || status == SAFE_OK);
    CHECK_EQ(status == SAFE_OK ? SAFE_OP_DONE : SAFE_OP_CANCELLED, safe_op_state(op));
    safe_op_free(op);
    if (status == SAFE_CANCELLED) CHECK_EQ(SAFE_CANCELLED, end_of(safe_writer_close(writer)));
    safe_writer_free(writer);
}

/* What is under way ends, what is left is closed, and results that were there stay. */
static void a_freed_client_closes_its_children(void) {
    safe_client *client = connect_to("mem:");
    safe_link *link = link_of(safe_put(client, content, 1000, 0));
    safe_writer *writer = writer_of(safe_writer_open(client, SAFE_SIZE_UNKNOWN, 0));
    safe_reader *reader = reader_of(safe_open(client, link));
    safe_op *finished = safe_get_bytes(client, link, 1000);
    safe_op *long_put = safe_put(client, content, sizeof content, 0);
    safe_bytes *bytes = NULL;
    safe_status status;
    uint8_t *memory = NULL;
    MUST(finished);
    safe_client_free(client);
    status = end_of(long_put);
    CHECK(status == SAFE_CLOSED || status == SAFE_OK);
    CHECK_EQ(SAFE_CLOSED, end_of(safe_writer_write(writer, content, 10)));
    CHECK_EQ(SAFE_CLOSED, safe_writer_reserve(writer, 10, &memory, NULL));
    CHECK_EQ(SAFE_CLOSED, end_of(safe_writer_close(writer)));
    CHECK_EQ(SAFE_CLOSED, end_of(safe_reader_read(reader, 0, 10)));
    CHECK_EQ(1000, safe_reader_size(reader));
    CHECK_EQ(SAFE_OK, safe_op_take_bytes(finished, &bytes, NULL));
    CHECK_EQ(1000, safe_bytes_size(bytes));
    safe_bytes_free(bytes);
    safe_op_free(finished);
    safe_reader_free(reader);
    safe_writer_free(writer);
    safe_link_free(link);
}

static void chunks_are_kept_as_they_are(safe_client *client) {
    safe_bytes *address = bytes_of(safe_chunk_put(client, content, 100)), *bytes;
    const uint8_t none[32] = {1};
    uint8_t part[10];
    CHECK_EQ(32, safe_bytes_size(address));
    CHECK_EQ(1, number_of(safe_chunk_exists(client, safe_bytes_data(address))));
    CHECK_EQ(0, number_of(safe_chunk_exists(client, none)));
    bytes = bytes_of(safe_chunk_get(client, safe_bytes_data(address)));
    CHECK_EQ(100, safe_bytes_size(bytes));
    CHECK_EQ(SAFE_OK, safe_bytes_copy(bytes, 90, part, 10, NULL));
    CHECK(memcmp(part, content + 90, 10) == 0);
    CHECK_EQ(SAFE_INVALID_RANGE, safe_bytes_copy(bytes, 91, part, 10, NULL));
    CHECK_EQ(SAFE_INVALID_RANGE, safe_bytes_copy(bytes, SIZE_MAX, part, 10, NULL));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, safe_bytes_copy(bytes, 0, NULL, 10, NULL));
    CHECK_EQ(SAFE_NO_SUCH_DATA, end_of(safe_chunk_get(client, none)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_chunk_put(client, content, 0)));
    CHECK_EQ(SAFE_DATA_TOO_LARGE, end_of(safe_chunk_put(client, content, 4194305)));
    safe_bytes_free(bytes);
    safe_bytes_free(address);
}

static void progress_counts_to_the_end(safe_client *client) {
    uint64_t bytes_done = 0, total = 0;
    safe_op *op = safe_put(client, content, 100000, 0);
    MUST(op);
    CHECK_EQ(SAFE_OK, safe_op_progress(op, &bytes_done, &total, NULL));
    CHECK_EQ(100000, bytes_done);
    CHECK_EQ(100000, total);
    safe_op_free(op);
}

int main(void) {
    safe_client *client = connect_to("mem:");
    fill(content, sizeof content, 1);
    CHECK(strcmp(safe_client_url(client), "mem:") == 0);
    every_size_comes_back(client);
    a_get_above_its_limit_is_refused(client);
    ranges_are_read_as_asked(client);
    streams_make_what_put_makes(client);
    a_writer_says_what_is_wrong(client);
    a_second_write_is_refused(client);
    a_cancelled_write_ends_its_stream(client);
    a_freed_client_closes_its_children();
    chunks_are_kept_as_they_are(client);
    progress_counts_to_the_end(client);
    a_receipt_tells_what_was_made(client);
    safe_client_free(client);
    return done();
}
