// What clients of a gateway say.
#include "host/native/http_request.hpp"

#include "base/error.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const std::size_t cut = size ? data[0] % size : 0;
    HttpRequests requests;
    try {
        for (const std::string_view part : {text.substr(0, cut), text.substr(cut)}) {
            requests.feed(part);
            while (const auto request = requests.next()) {
                constexpr std::uint64_t whole = 1000;
                const auto range = range_of(request->range, whole);
                fuzz::expect(!range || range->first + range->size <= whole, "a range is within the whole");
                fuzz::expect(request->target.size() <= HttpRequests::most_header, "a target is bounded");
                try {
                    fuzz::expect(!to_text(link_of_target(request->target)).empty(), "a target that is taken is a link");
                } catch (const Error &error) {
                    fuzz::expect(error.code() == Errc::bad_link, "a target that is not taken is no link");
                }
            }
        }
    } catch (const Error &error) {
        fuzz::expect(error.code() == Errc::bad_message || error.code() == Errc::data_too_large, "a refusal says why");
    }
    return 0;
}
