#include "s1.hpp"

#include "copy.hpp"
#include "files.hpp"
#include "output.hpp"
#include "text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace safe::cli {
namespace {

constexpr std::size_t block = 1 << 20;
constexpr std::size_t max_s1_chunk = 2 << 20; // plain chunks have at most 1 MiB
constexpr std::size_t max_s1_map = 16 << 20;

void need_folder(const std::string &folder) {
    struct stat status {};
    if (folder.empty())
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "--format s1 needs --chunks DIR: vaults do not hold chunks of that format");
    if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        throw Failure(SAFE_FILE_NOT_FOUND, "--chunks " + folder + ": there is no such directory");
}

class S1Writer {
  public:
    explicit S1Writer(const S1Put &put) : put_(put) {
        check([&](safe_error **error) { return safe_s1_encoder_create(encoder_.out(), error); });
    }

    void write(std::span<const std::uint8_t> data) {
        check(
            [&](safe_error **error) { return safe_s1_encoder_write(encoder_.get(), data.data(), data.size(), error); });
        size_ += data.size();
        store_ready();
    }

    Bytes finish() {
        Bytes datamap;
        check([&](safe_error **error) { return safe_s1_encoder_finish(encoder_.get(), datamap.out(), error); });
        store_ready();
        return datamap;
    }

    std::uint64_t size() const { return size_; }
    const nlohmann::ordered_json &chunks() const { return chunks_; }

  private:
    void store_ready() {
        Address name{};
        Bytes chunk;
        while (true) {
            check([&](safe_error **error) {
                return safe_s1_encoder_next(encoder_.get(), name.data(), chunk.out(), error);
            });
            if (!chunk) return;
            const auto bytes = view(chunk);
            chunks_.push_back({{"name", to_hex(name)}, {"size", bytes.size()}});
            const std::string path = put_.chunks + "/" + to_hex(name);
            if (!put_.dry_run && !file_holds(path, bytes)) write_file(path, bytes, true);
        }
    }

    const S1Put &put_;
    S1Encoder encoder_;
    std::uint64_t size_ = 0;
    nlohmann::ordered_json chunks_ = nlohmann::ordered_json::array();
};

std::uint64_t size_of_input(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size)
                                                                : UINT64_MAX;
}

void feed(Context &context, S1Writer &writer, const std::string &input) {
    const OpenFile file(input);
    std::vector<std::uint8_t> buffer(block);
    context.terminal.begin("put " + printable(input), size_of_input(file.fd()));
    while (const std::size_t got = read_some(file.fd(), buffer.data(), buffer.size(), input)) {
        writer.write({buffer.data(), got});
        context.terminal.advance(writer.size());
    }
}

std::vector<std::uint8_t> read_chunk(const std::string &folder, const Address &name) {
    const std::string path = folder + "/" + to_hex(name);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw Failure(SAFE_NO_SUCH_DATA, "chunk " + to_hex(name) + " is not in " + folder);
    return read_file(path, max_s1_chunk);
}

// Chunks before the range are decrypted and skipped, because only that tells their plain sizes.
void write_chunks(Context &context, const S1Map &map, const std::string &folder, const Range &range, Output &output) {
    std::uint64_t position = 0;
    for (std::uint64_t i = 0; i < safe_s1_map_chunk_count(map.get()) && position < range.end; ++i) {
        Address name{};
        check([&](safe_error **error) { return safe_s1_map_chunk_name(map.get(), i, name.data(), error); });
        const auto chunk = read_chunk(folder, name);
        Bytes plain;
        check([&](safe_error **error) {
            return safe_s1_map_decrypt(map.get(), i, chunk.data(), chunk.size(), plain.out(), error);
        });
        const auto bytes = view(plain);
        const std::uint64_t from = std::clamp(range.begin, position, position + bytes.size());
        const std::uint64_t to = std::clamp(range.end, position, position + bytes.size());
        output.write(bytes.subspan(from - position, to - from));
        position += bytes.size();
        context.terminal.advance(position);
    }
}

} // namespace

int s1_put(Context &context, const S1Put &put) {
    if (!put.dry_run) need_folder(put.chunks);
    if (put.datamap.empty() && !put.dry_run) {
        throw Failure(SAFE_INVALID_ARGUMENT,
                      "--format s1 needs --datamap FILE: without its data map the content cannot be read back");
    }
    S1Writer writer(put);
    feed(context, writer, put.input);
    const Bytes datamap = writer.finish();
    if (!put.datamap.empty()) write_once(put.datamap, view(datamap), put.force);
    context.terminal.end();
    if (put.json) {
        nlohmann::ordered_json line{{"file", to_utf8(put.input)}};
        if (!put.datamap.empty()) line["datamap"] = to_utf8(put.datamap);
        line["chunks"] = writer.chunks();
        line["size"] = writer.size();
        print(line.dump() + "\n");
    } else if (!put.datamap.empty()) {
        print(put.datamap + "\n");
    }
    return exit_ok;
}

int s1_get(Context &context, const std::string &chunks, const std::string &datamap, const std::string &output_path,
           const std::string &range_text, bool force) {
    need_folder(chunks);
    const Range asked = range_text.empty() ? Range{} : parse_range(range_text);
    const auto bytes = read_file(datamap, max_s1_map);
    S1Map map;
    check([&](safe_error **error) { return safe_s1_map_parse(bytes.data(), bytes.size(), map.out(), error); });
    const Range range = within(asked, safe_s1_map_size(map.get()));
    if (output_path.empty() && context.terminal.output_is_terminal) {
        throw Failure(SAFE_INVALID_ARGUMENT, "name the output: -o FILE, or -o - for the terminal");
    }
    Output output(output_path.empty() ? "-" : output_path, force);
    context.terminal.begin("get " + printable(datamap), range.end);
    if (safe_s1_map_chunk_count(map.get()) == 0) {
        Bytes content;
        check([&](safe_error **error) { return safe_s1_map_content(map.get(), content.out(), error); });
        output.write(view(content).subspan(range.begin, range.end - range.begin));
    } else {
        write_chunks(context, map, chunks, range, output);
    }
    output.commit();
    context.terminal.end();
    return exit_ok;
}

} // namespace safe::cli
