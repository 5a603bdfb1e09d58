// Keys of vaults as text: what stands after the # of a connection URL.
#include "encoding/vault_key.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    const std::string_view text = text_of({data, size});
    const auto key = fuzz::accepted([&] { return parse_vault_key(text); }, {Errc::bad_url});
    fuzz::expect(!key || vault_key_text(*key) == text, "one key has one text");
    return 0;
}
