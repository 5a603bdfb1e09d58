// The settings file of the daemon.
#include "settings.hpp"
#include "fuzz/fuzz.hpp"
#include "handle.hpp"
#include "text.hpp"

#include <algorithm>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    using namespace safe;
    static const std::vector<std::string> known{"listen", "store", "cert", "key-file", "limit", "drain", "log"};
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    try {
        std::size_t values = 0;
        for (const auto &[name, all] : cli::parse_settings(text, "file", known)) {
            fuzz::expect(std::find(known.begin(), known.end(), name) != known.end(), "names are known");
            values += all.size();
            for (const cli::Setting &setting : all)
                fuzz::expect(!setting.value.empty() && cli::printable(setting.value) == setting.value &&
                                 setting.origin.starts_with("file, line "),
                             "values are texts, and it is known where they stand");
        }
        fuzz::expect(values <= static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1, "one a line");
    } catch (const cli::Failure &failure) {
        fuzz::expect(failure.code == SAFE_INVALID_ARGUMENT && std::string(failure.what()).starts_with("file, line "),
                     "a refusal names the line");
    }
    return 0;
}
