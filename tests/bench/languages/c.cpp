// The C interface as it is, which all languages are measured against.
//
//   c_bench FILE [DIVISOR]
#include "bench.hpp"

#include <safe/safe.h>

namespace {

void check(safe_status status) {
    if (status != SAFE_OK) std::fprintf(stderr, "c_bench: %s\n", safe_code_name(status)), std::exit(1);
}

safe_op *ended(safe_op *op) {
    check(safe_op_wait(op, SAFE_FOREVER, nullptr));
    return op;
}

safe_receipt *write(safe_client *client, const std::vector<char> &content, std::uint32_t flags) {
    safe_writer *writer = nullptr;
    safe_receipt *receipt = nullptr;
    safe_op *op = ended(safe_writer_open(client, SAFE_SIZE_UNKNOWN, flags));
    check(safe_op_take_writer(op, &writer, nullptr));
    safe_op_free(op);
    for (std::size_t at = 0; at < content.size(); at += bench::piece) {
        const auto data = reinterpret_cast<const std::uint8_t *>(content.data()) + at;
        safe_op_free(ended(safe_writer_write(writer, data, std::min(bench::piece, content.size() - at))));
    }
    op = ended(safe_writer_close(writer));
    check(safe_op_take_receipt(op, &receipt, nullptr));
    safe_op_free(op);
    safe_writer_free(writer);
    return receipt;
}

void read(safe_client *client, const safe_link *link, std::vector<std::uint8_t> &room) {
    safe_reader *reader = nullptr;
    safe_op *op = ended(safe_open(client, link));
    check(safe_op_take_reader(op, &reader, nullptr));
    safe_op_free(op);
    const std::uint64_t size = safe_reader_size(reader);
    for (std::uint64_t at = 0; at < size; at += room.size())
        safe_op_free(ended(safe_reader_read_into(reader, at, room.data(), room.size())));
    safe_reader_free(reader);
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    const bench::Counts counts(argc > 2 ? argv[2] : nullptr);
    const auto content = bench::content_of(argv[1]);
    safe_client *client = nullptr;
    safe_op *op = ended(safe_connect("mem:", 0));
    check(safe_op_take_client(op, &client, nullptr));
    safe_op_free(op);

    safe_receipt *receipt = write(client, content, SAFE_PUT_PRIVATE);
    safe_link *link = nullptr;
    check(safe_receipt_link(receipt, &link, nullptr));
    safe_receipt_free(receipt);
    const std::string text = safe_link_text(link);
    const std::uint8_t address[32] = {1};
    const auto empty = bench::measured("empty", counts.empty, [] { safe_version_number(); });
    const auto parsed = bench::measured("link", counts.link, [&] {
        safe_link *parsed_link = nullptr;
        check(safe_link_parse(text.c_str(), &parsed_link, nullptr));
        safe_link_free(parsed_link);
    });
    const auto operation = bench::measured("operation", counts.operation, [&] {
        safe_op *asking = ended(safe_chunk_exists(client, address));
        std::uint64_t yes = 0;
        check(safe_op_take_u64(asking, &yes, nullptr));
        safe_op_free(asking);
    });
    const double writing =
        bench::fastest([&] { safe_receipt_free(write(client, content, SAFE_PUT_PRIVATE | SAFE_PUT_DRY_RUN)); });
    std::vector<std::uint8_t> room(bench::piece);
    const double reading = bench::fastest([&] { read(client, link, room); });
    std::printf("{%s, %s, %s, \"write\": %.6f, \"read\": %.6f}\n", empty.c_str(), parsed.c_str(), operation.c_str(),
                writing, reading);
    safe_link_free(link);
    safe_client_free(client);
}
