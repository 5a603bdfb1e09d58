// The C++ classes:  cpp_bench FILE [DIVISOR]
#include "bench.hpp"

#include <safe/safe.hpp>

namespace {

safe::Link write(safe::Client &client, const std::vector<char> &content, std::uint32_t flags) {
    auto writer = client.writer(std::nullopt, flags).get();
    for (std::size_t at = 0; at < content.size(); at += bench::piece)
        writer.write(safe::View(content.data() + at, std::min(bench::piece, content.size() - at))).get();
    return writer.close().get().link();
}

void read(safe::Client &client, const safe::Link &link, std::vector<char> &room) {
    auto reader = client.open(link).get();
    for (std::uint64_t at = 0; at < reader.size(); at += room.size()) reader.read_into(at, room).get();
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    const bench::Counts counts(argc > 2 ? argv[2] : nullptr);
    const auto content = bench::content_of(argv[1]);
    auto client = safe::connect("mem:").get();
    const auto link = write(client, content, SAFE_PUT_PRIVATE);
    const std::string text = link.text();
    const safe::Address address{1};
    const auto empty = bench::measured("empty", counts.empty, [] { safe::version_number(); });
    const auto parsed = bench::measured("link", counts.link, [&] { safe::Link::parse(text); });
    const auto operation = bench::measured("operation", counts.operation, [&] { client.chunk_exists(address).get(); });
    const double writing = bench::fastest([&] { write(client, content, SAFE_PUT_PRIVATE | SAFE_PUT_DRY_RUN); });
    std::vector<char> room(bench::piece);
    const double reading = bench::fastest([&] { read(client, link, room); });
    std::printf("{%s, %s, %s, \"write\": %.6f, \"read\": %.6f}\n", empty.c_str(), parsed.c_str(), operation.c_str(),
                writing, reading);
}
