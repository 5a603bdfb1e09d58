// The C interface as a hostile or confused program calls it: the input is a sequence of calls on a pool of handles, of
// which any may be of the wrong type, freed before, or NULL, with arguments of any value. Nothing crashes or hangs,
// starters always give an operation, failures always have an error, and at the end no handle is left.
#include <safe/safe.h>

#include "fuzz/fuzz.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace {

using safe::fuzz::expect;

constexpr std::size_t most_calls = 48, most_handles = 64;
constexpr std::int64_t patience_ms = 60'000;

// Reads the input as numbers, and zeros after its end.
class Input {
  public:
    Input(const std::uint8_t *data, std::size_t size) : at_(data), end_(data + size) {}
    bool empty() const { return at_ == end_; }
    std::uint8_t byte() { return empty() ? std::uint8_t{0} : *at_++; }
    // Mostly small, sometimes at a border.
    std::uint64_t number() {
        const std::uint8_t kind = byte();
        if (kind < 200) return kind;
        const std::uint64_t power = std::uint64_t{1} << (byte() % 64);
        return kind < 220 ? power : kind < 240 ? power - 1 : ~power;
    }
    safe::ByteView bytes() {
        const std::size_t wanted = byte(); // before what is left is looked at
        const std::size_t size = std::min(wanted, static_cast<std::size_t>(end_ - at_));
        const safe::ByteView view(at_, size);
        at_ += size;
        return view;
    }

  private:
    const std::uint8_t *at_, *end_;
};

class Caller {
  public:
    Caller(const std::uint8_t *data, std::size_t size, safe_client *live) : input_(data, size), client_(live) {}

    void run() {
        for (std::size_t i = 0; i < most_calls && !input_.empty(); ++i) {
            call(input_.byte() % 60);
            expect(!error_ || safe_error_code(error_) < 0, "an error has a code");
            expect(!error_ || safe_error_message(error_), "an error has a message");
            safe_error_free(error_);
            error_ = nullptr;
        }
        free_all();
    }

  private:
    enum Type {
        op,
        bytes,
        queue,
        client,
        link,
        receipt,
        writer,
        reader,
        key,
        record,
        page,
        report,
        encoder,
        map,
        types
    };

    // Any handle of the pool, whatever its type is; NULL; or the live client.
    template <class C>
    C *pick() {
        const std::size_t index = input_.byte();
        if (index == 255) return nullptr;
        if (index > 250 || pool_.empty()) return reinterpret_cast<C *>(client_);
        return static_cast<C *>(pool_[index % pool_.size()].handle);
    }
    template <class C>
    void keep(C *handle, Type type) {
        if (handle) pool_.push_back({handle, type});
        if (pool_.size() > most_handles) free_one(0);
    }
    void keep_op(safe_op *started) {
        expect(started != nullptr, "a starter gives an operation");
        keep(started, op);
    }
    void checked(safe_status status) {
        expect(status <= 0, "a status is 0 or a code");
        expect((status == SAFE_OK) == (error_ == nullptr), "an error comes with a failure, and only with it");
    }
    const std::uint8_t *array32() {
        array_.fill(input_.byte());
        return array_.data();
    }
    // A short text that ends in NUL.
    const char *text() {
        const safe::ByteView view = input_.bytes();
        text_.assign(view.begin(), view.end());
        return text_.c_str();
    }

    void call(unsigned which) {
        if (which < 20) return start(which);
        if (which < 34) return take_or_wait(which - 20);
        if (which < 50) return ask(which - 34);
        if (!pool_.empty()) free_one(input_.byte() % pool_.size());
    }

    void start(unsigned which) {
        const auto flags = static_cast<std::uint32_t>(input_.number());
        switch (which) {
        case 0:
            return keep_op(input_.number() % 2 ? safe_connect_as(pick<safe_key>(), "mem:", flags)
                                               : safe_connect("mem:", flags));
        case 1: return keep_op(safe_connect(no_file(text()), flags));
        case 2: return put(flags);
        case 3: return keep_op(safe_writer_open(pick<safe_client>(), input_.number(), flags % 16));
        case 4: return write();
        case 5: return commit();
        case 6: return keep_op(safe_writer_close(pick<safe_writer>()));
        case 7: return open();
        case 8: return keep_op(safe_reader_read(pick<safe_reader>(), input_.number(), input_.number()));
        case 9: return get_bytes();
        case 10: return keep_op(safe_chunk_get(pick<safe_client>(), array32()));
        case 11: return put_chunk();
        case 12: return keep_op(safe_chunk_exists(pick<safe_client>(), array32()));
        case 13: return create_record();
        case 14: return set_record();
        case 15: return keep_op(safe_record_get(pick<safe_client>(), array32(), input_.number()));
        case 16: return keep_op(safe_record_list(pick<safe_client>(), array32(), input_.number(), flags));
        case 17: return keep_op(safe_vault_info("mem:"));
        case 18: return open_datamap();
        default: return keep_op(safe_put(client_, reinterpret_cast<const std::uint8_t *>("0123456789"), flags % 11, 0));
        }
    }

    // Nothing on the disk.
    static const char *no_file(const char *url) { return std::strchr("fF", *url) ? "mem:" : url; }

    void put(std::uint32_t flags) {
        const safe::ByteView data = input_.bytes();
        keep_op(safe_put(pick<safe_client>(), data.data(), data.size(), flags % 16));
    }
    void write() {
        // Lent until the operation has ended, so not from the input, whose operations may outlive it.
        static const std::array<std::uint8_t, 256> lent{1, 2, 3};
        keep_op(safe_writer_write(pick<safe_writer>(), lent.data(), input_.byte()));
    }
    void commit() {
        auto *to = pick<safe_writer>();
        std::uint8_t *memory = nullptr;
        const auto size = static_cast<std::size_t>(input_.number());
        const safe_status status = safe_writer_reserve(to, size, &memory, &error_);
        checked(status);
        if (status == SAFE_OK) std::memset(memory, 7, size);
        keep_op(safe_writer_commit(to, size));
    }
    void open() {
        auto *from = pick<safe_client>();
        keep_op(safe_open(from, pick<safe_link>()));
    }
    void open_datamap() {
        const safe::ByteView data = input_.bytes();
        keep_op(safe_open_datamap(pick<safe_client>(), data.data(), data.size()));
    }
    void get_bytes() {
        auto *from = pick<safe_client>();
        auto *what = pick<safe_link>();
        keep_op(safe_get_bytes(from, what, std::min<std::uint64_t>(input_.number(), 1 << 20)));
    }
    void put_chunk() {
        const safe::ByteView data = input_.bytes();
        keep_op(safe_chunk_put(pick<safe_client>(), data.data(), data.size()));
    }
    void create_record() {
        auto *to = pick<safe_client>();
        auto *by = pick<safe_key>();
        const char *label = text();
        const safe::ByteView value = input_.bytes();
        keep_op(safe_record_create(to, by, label, value.data(), value.size()));
    }
    void set_record() {
        auto *to = pick<safe_client>();
        auto *by = pick<safe_key>();
        const char *label = text();
        keep_op(safe_record_set(to, by, label, input_.number(), nullptr, 0));
    }

    template <class C>
    void take(safe_status (*function)(safe_op *, C **, safe_error **), Type type) {
        C *out = nullptr;
        checked(function(pick<safe_op>(), &out, &error_));
        keep(out, type);
    }

    void take_or_wait(unsigned which) {
        std::uint64_t first = 0, second = 0;
        switch (which) {
        case 0:
        case 1: return checked(safe_op_wait(pick<safe_op>(), patience_ms, &error_));
        case 2: return take(safe_op_take_bytes, bytes);
        case 3: return take(safe_op_take_client, client);
        case 4: return take(safe_op_take_receipt, receipt);
        case 5: return take(safe_op_take_writer, writer);
        case 6: return take(safe_op_take_reader, reader);
        case 7: return take(safe_op_take_record, record);
        case 8: return take(safe_op_take_record_page, page);
        case 9: return take(safe_op_take_report, report);
        case 10: return checked(safe_op_take_u64(pick<safe_op>(), &first, &error_));
        case 11: return checked(safe_op_progress(pick<safe_op>(), &first, &second, &error_));
        case 12: return safe_op_cancel(pick<safe_op>());
        default: return use_queue();
        }
    }

    void use_queue() {
        auto *to = pick<safe_queue>();
        auto *what = pick<safe_op>();
        switch (input_.byte() % 5) {
        case 0: {
            safe_queue *made = nullptr;
            checked(safe_queue_create(&made, &error_));
            return keep(made, queue);
        }
        case 1: return checked(safe_op_to_queue(what, to, input_.number(), &error_));
        case 2: return safe_queue_wake(to);
        case 3: {
            std::int32_t fd = -1;
            return checked(safe_queue_fd(to, &fd, &error_));
        }
        default: {
            safe_op *ended = nullptr;
            std::uint64_t tag = 0;
            return checked(safe_queue_next(to, 0, &ended, &tag, &error_));
        }
        }
    }

    void ask(unsigned which) {
        std::array<std::uint8_t, 64> room{};
        std::uint64_t number = 0;
        switch (which) {
        case 0: return ask_link();
        case 1: return ask_key(room.data());
        case 2: return ask_bytes(room.data());
        case 3: {
            safe_link *made = nullptr;
            checked(safe_receipt_link(pick<safe_receipt>(), &made, &error_));
            return keep(made, link);
        }
        case 4:
            return checked(safe_receipt_chunk(pick<safe_receipt>(), input_.number(), room.data(), &number, &error_));
        case 5: {
            safe_link *made = nullptr;
            checked(safe_link_parse(text(), &made, &error_));
            return keep(made, link);
        }
        case 6: {
            safe_link *made = nullptr;
            const safe::ByteView data = input_.bytes();
            checked(safe_link_from_datamap(data.data(), data.size(), &made, &error_));
            return keep(made, link);
        }
        case 7: {
            safe_key *made = nullptr;
            checked(safe_key_import(array32(), &made, &error_));
            return keep(made, key);
        }
        case 8: {
            safe_record *made = nullptr;
            checked(safe_record_page_get(pick<safe_record_page>(), input_.number(), &made, &error_));
            return keep(made, record);
        }
        case 9: {
            safe_bytes *made = nullptr;
            checked(safe_record_value(pick<safe_record>(), &made, &error_));
            return keep(made, bytes);
        }
        case 10: return checked(safe_report_value(pick<safe_report>(), text(), &number, &error_));
        case 11: return use_encoder(room.data());
        case 12: return use_map(room.data());
        case 13: {
            safe_reader_size(pick<safe_reader>());
            safe_writer_replay_size(pick<safe_writer>());
            safe_op_state(pick<safe_op>());
            safe_client_url(pick<safe_client>());
            return;
        }
        case 14: {
            safe_code_name(static_cast<std::int32_t>(input_.number()));
            safe_feature(text());
            safe_get(static_cast<std::int32_t>(input_.number()));
            return;
        }
        default: return checked(safe_record_address_of(array32(), text(), room.data(), &error_));
        }
    }

    void ask_link() {
        auto *of = pick<safe_link>();
        std::array<std::uint8_t, 32> address{};
        safe_bytes *datamap = nullptr;
        safe_link *other = nullptr;
        const char *shown = safe_link_text(of);
        expect(!shown || std::strlen(shown) <= 700, "a link has at most 700 characters");
        safe_link_size(of);
        safe_link_name(of);
        safe_link_media_type(of);
        switch (input_.byte() % 3) {
        case 0: return checked(safe_link_address(of, address.data(), &error_));
        case 1: checked(safe_link_datamap(of, &datamap, &error_)); return keep(datamap, bytes);
        default: checked(safe_link_with(of, text(), nullptr, &other, &error_)); return keep(other, link);
        }
    }
    void ask_key(std::uint8_t *room) {
        auto *of = pick<safe_key>();
        switch (input_.byte() % 3) {
        case 0: return checked(safe_key_public(of, room, &error_));
        case 1: return checked(safe_key_export(of, room, &error_));
        default: {
            const safe::ByteView data = input_.bytes();
            return checked(safe_key_sign(of, data.data(), data.size(), room, &error_));
        }
        }
    }
    void ask_bytes(std::uint8_t *room) {
        auto *of = pick<safe_bytes>();
        const std::size_t size = safe_bytes_size(of);
        expect(!size || safe_bytes_data(of), "bytes are somewhere");
        const auto offset = static_cast<std::size_t>(input_.number());
        checked(safe_bytes_copy(of, offset, room, std::min<std::size_t>(input_.byte(), 64), &error_));
    }
    void use_encoder(std::uint8_t *room) {
        auto *of = pick<safe_s1_encoder>();
        safe_bytes *made = nullptr;
        safe_s1_encoder *created = nullptr;
        switch (input_.byte() % 4) {
        case 0: checked(safe_s1_encoder_create(&created, &error_)); return keep(created, encoder);
        case 1: {
            const safe::ByteView data = input_.bytes();
            return checked(safe_s1_encoder_write(of, data.data(), data.size(), &error_));
        }
        case 2: checked(safe_s1_encoder_finish(of, &made, &error_)); return keep(made, bytes);
        default: checked(safe_s1_encoder_next(of, room, &made, &error_)); return keep(made, bytes);
        }
    }
    void use_map(std::uint8_t *room) {
        auto *of = pick<safe_s1_map>();
        safe_bytes *made = nullptr;
        safe_s1_map *parsed = nullptr;
        const safe::ByteView data = input_.bytes();
        switch (input_.byte() % 4) {
        case 0: checked(safe_s1_map_parse(data.data(), data.size(), &parsed, &error_)); return keep(parsed, map);
        case 1: checked(safe_s1_map_content(of, &made, &error_)); return keep(made, bytes);
        case 2: return checked(safe_s1_map_chunk_name(of, input_.number(), room, &error_));
        default:
            checked(safe_s1_map_decrypt(of, input_.number(), data.data(), data.size(), &made, &error_));
            return keep(made, bytes);
        }
    }

    // Frees it, and at times once more; at times it stays in the pool, stale.
    void free_one(std::size_t index) {
        const Kept kept = pool_[index];
        free_handle(kept);
        if (input_.byte() % 4 == 0) free_handle(kept);
        if (input_.byte() % 4) pool_.erase(pool_.begin() + static_cast<std::ptrdiff_t>(index));
    }
    void free_all() {
        for (const Kept &kept : pool_) free_handle(kept);
        pool_.clear();
    }

    struct Kept {
        void *handle;
        Type type;
    };
    static void free_handle(const Kept &kept) {
        switch (kept.type) {
        case op: return safe_op_free(static_cast<safe_op *>(kept.handle));
        case bytes: return safe_bytes_free(static_cast<safe_bytes *>(kept.handle));
        case queue: return safe_queue_free(static_cast<safe_queue *>(kept.handle));
        case client: return safe_client_free(static_cast<safe_client *>(kept.handle));
        case link: return safe_link_free(static_cast<safe_link *>(kept.handle));
        case receipt: return safe_receipt_free(static_cast<safe_receipt *>(kept.handle));
        case writer: return safe_writer_free(static_cast<safe_writer *>(kept.handle));
        case reader: return safe_reader_free(static_cast<safe_reader *>(kept.handle));
        case key: return safe_key_free(static_cast<safe_key *>(kept.handle));
        case record: return safe_record_free(static_cast<safe_record *>(kept.handle));
        case page: return safe_record_page_free(static_cast<safe_record_page *>(kept.handle));
        case report: return safe_report_free(static_cast<safe_report *>(kept.handle));
        case encoder: return safe_s1_encoder_free(static_cast<safe_s1_encoder *>(kept.handle));
        case map: return safe_s1_map_free(static_cast<safe_s1_map *>(kept.handle));
        case types: break;
        }
    }

    Input input_;
    safe_client *const client_;
    safe_error *error_ = nullptr;
    std::vector<Kept> pool_;
    std::array<std::uint8_t, 32> array_{};
    std::string text_;
};

safe_client *connect_to(const char *url) {
    safe_client *client = nullptr;
    safe_op *op = safe_connect(url, 0);
    expect(safe_op_wait(op, patience_ms, nullptr) == SAFE_OK, "connected");
    expect(safe_op_take_client(op, &client, nullptr) == SAFE_OK, "a client");
    safe_op_free(op);
    return client;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static safe_client *const keeps_the_process = connect_to("mem:");
    (void)keeps_the_process;
    safe_client *client = connect_to("mem:");
    Caller(data, size, client).run();
    safe_client_free(client);
    expect(safe_debug_live_handles() == 1, "no handle is left but the one that keeps the process");
    return 0;
}
