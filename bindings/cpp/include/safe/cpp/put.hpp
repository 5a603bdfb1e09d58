// What a put has made, and content that is pushed in.
#pragma once

#include "safe/cpp/future.hpp"
#include "safe/cpp/link.hpp"
#include "safe/put.h"

#include <vector>

namespace safe {
inline namespace v1 {

struct Chunk {
    Address address{};
    std::uint64_t size = 0; // as it is stored
};

class Receipt {
  public:
    Receipt() noexcept = default;
    explicit Receipt(safe_receipt *raw) noexcept : handle_(raw) {}

    Link link() const {
        safe_link *raw = nullptr;
        call(safe_receipt_link, get(), &raw);
        return Link(raw);
    }

    // Bytes of content.
    std::uint64_t size() const noexcept { return safe_receipt_size(get()); }

    // In the order in which they were made.
    std::vector<Chunk> chunks() const {
        std::vector<Chunk> chunks(safe_receipt_chunk_count(get()));
        for (std::size_t index = 0; index < chunks.size(); ++index)
            call(safe_receipt_chunk, get(), index, chunks[index].address.data(), &chunks[index].size);
        return chunks;
    }

    // How many chunks, and how many bytes of them, the vault did not have yet.
    std::uint64_t new_chunks() const noexcept { return safe_receipt_new_chunks(get()); }
    std::uint64_t new_bytes() const noexcept { return safe_receipt_new_bytes(get()); }

    // For the C interface.
    safe_receipt *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_receipt, safe_receipt_free> handle_;
};

namespace detail {
inline constexpr auto take_receipt = take_object<Receipt, safe_op_take_receipt, safe_receipt>;
} // namespace detail

// Content that is pushed in. Without close() before, it is abandoned when this is gone.
class Writer {
  public:
    Writer() noexcept = default;
    explicit Writer(safe_writer *raw) noexcept : handle_(raw) {}

    // Appends bytes. The memory is lent until the future has ended or is gone, and it ends when the writer can take more. One
    // write at a time; cancelling one ends the content.
    Future<void> write(View data) {
        return {safe_writer_write(get(), data.data(), data.size()), detail::take_nothing, true};
    }

    // Memory of the writer (at most 4 MiB), to be filled in and handed in with commit.
    Room reserve(std::size_t size) {
        std::uint8_t *memory = nullptr;
        call(safe_writer_reserve, get(), size, &memory);
        return Room(memory, size);
    }

    Future<void> commit(std::size_t size) { return {safe_writer_commit(get(), size), detail::take_nothing}; }

    // With SAFE_PUT_REPLAY: how many of the first bytes are to be written again after the last one.
    std::uint64_t replay_size() const noexcept { return safe_writer_replay_size(get()); }

    Future<Receipt> close() { return {safe_writer_close(get()), detail::take_receipt}; }

    // For the C interface.
    safe_writer *get() const noexcept { return handle_.get(); }

  private:
    Handle<safe_writer, safe_writer_free> handle_;
};

} // namespace v1
} // namespace safe
