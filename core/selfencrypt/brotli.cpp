#include "selfencrypt/brotli.hpp"

#include "base/error.hpp"

#include <brotli/decode.h>
#include <brotli/encode.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace safe::brotli {
namespace {

constexpr std::uint32_t quality = 6, window_bits = 22, most_hinted = 65536;

// Memory for one run of the codec: large blocks from the pool, so that they go back to the system (DETAILS
// D7), small ones from the heap. The codec frees without a size; it holds a handful of large blocks at a
// time.
class Workspace {
  public:
    explicit Workspace(BufferPool &pool) : pool_(pool) {}
    ~Workspace() {
        for (const auto &[memory, size] : large_) pool_.give(memory, size);
    }
    Workspace(const Workspace &) = delete;
    Workspace &operator=(const Workspace &) = delete;

    // No exception may pass through the C library.
    static void *take(void *self, std::size_t size) noexcept {
        try {
            return static_cast<Workspace *>(self)->take(size);
        } catch (const std::bad_alloc &) {
            return nullptr;
        }
    }
    static void give(void *self, void *memory) noexcept { static_cast<Workspace *>(self)->give(memory); }

  private:
    void *take(std::size_t size) {
        if (size < Buffer::pooled_from) return std::malloc(size);
        large_.reserve(large_.size() + 1);
        void *memory = pool_.take(size, Term::call);
        large_.emplace_back(memory, size);
        return memory;
    }
    void give(void *memory) noexcept {
        const auto at = std::find_if(large_.begin(), large_.end(), [&](auto &block) { return block.first == memory; });
        if (at == large_.end()) return std::free(memory);
        pool_.give(at->first, at->second);
        *at = large_.back();
        large_.pop_back();
    }

    BufferPool &pool_;
    std::vector<std::pair<void *, std::size_t>> large_;
};

template <class State, void (*destroy)(State *)>
using Codec = std::unique_ptr<State, std::integral_constant<void (*)(State *), destroy>>;

Error corrupt(const char *what) {
    return {Errc::chunk_corrupt, std::string("chunk corrupt: its content ") + what +
                                     "; fetch it again from elsewhere, or put the file again (CHUNK_CORRUPT -3083)"};
}

} // namespace

std::size_t bound(std::size_t plain) { return BrotliEncoderMaxCompressedSize(plain); }

void compress(const BufferPoolRef &pool, Buffer &text) {
    const std::size_t size = text.size();
    assert(text.capacity() >= bound(size));
    // Output is longer than the input that it comes from by no more than the bound allows. So the text goes to the
    // buffer's end, and output from its beginning on never meets what was not taken yet.
    Byte *const plain = text.data() + (text.capacity() - size);
    if (size != 0) std::memmove(plain, text.data(), size);

    Workspace space(*pool);
    const Codec<BrotliEncoderState, BrotliEncoderDestroyInstance> encoder(
        BrotliEncoderCreateInstance(Workspace::take, Workspace::give, &space));
    if (!encoder) throw std::bad_alloc();
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_QUALITY, quality);
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_LGWIN, window_bits);
    BrotliEncoderSetParameter(encoder.get(), BROTLI_PARAM_SIZE_HINT,
                              static_cast<std::uint32_t>(std::min<std::size_t>(size, most_hinted)));
    std::size_t left = size;
    const Byte *from = plain;
    Byte *to = text.data();
    while (!BrotliEncoderIsFinished(encoder.get())) {
        std::size_t none = 0, made = 0;
        if (!BrotliEncoderCompressStream(encoder.get(), BROTLI_OPERATION_FINISH, &left, &from, &none, nullptr, nullptr))
            throw std::bad_alloc(); // the only way to fail
        const Byte *const output = BrotliEncoderTakeOutput(encoder.get(), &made);
        assert(made <= static_cast<std::size_t>(from - to));
        to = std::copy_n(output, made, to);
    }
    text.resize(static_cast<std::size_t>(to - text.data()));
}

Buffer compress(const BufferPoolRef &pool, ByteView plain, std::size_t room) {
    Buffer text(pool, bound(plain.size()) + room);
    text.append(plain);
    compress(pool, text);
    return text;
}

void expand(const BufferPoolRef &pool, ByteView packed, MutableView plain) {
    Workspace space(*pool);
    const Codec<BrotliDecoderState, BrotliDecoderDestroyInstance> decoder(
        BrotliDecoderCreateInstance(Workspace::take, Workspace::give, &space));
    if (!decoder) throw std::bad_alloc();
    std::size_t left = packed.size(), space_left = plain.size();
    const Byte *from = packed.data();
    Byte *to = plain.data();
    switch (BrotliDecoderDecompressStream(decoder.get(), &left, &from, &space_left, &to, nullptr)) {
    case BROTLI_DECODER_RESULT_SUCCESS: break;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: throw corrupt("is longer than its data map says");
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: throw corrupt("is cut short");
    case BROTLI_DECODER_RESULT_ERROR:
        switch (BrotliDecoderGetErrorCode(decoder.get())) {
        case BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES:
        case BROTLI_DECODER_ERROR_ALLOC_TREE_GROUPS:
        case BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MAP:
        case BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_1:
        case BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_2:
        case BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES: throw std::bad_alloc();
        default: throw corrupt("is not a brotli stream");
        }
    }
    if (space_left != 0) throw corrupt("is shorter than its data map says");
    if (left != 0) throw corrupt("is followed by other bytes");
}

} // namespace safe::brotli
