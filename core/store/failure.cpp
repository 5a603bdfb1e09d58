#include "store/failure.hpp"

namespace safe {

Error store_failure(Errc code, std::string_view what, std::string_view why, std::string_view next) {
    std::string text(what);
    text.append(": ").append(why).append(" (").append(name_of(code)).append(" ");
    text.append(std::to_string(static_cast<int>(code))).append(")");
    if (!next.empty()) text.append("; ").append(next);
    return {code, std::move(text)};
}

} // namespace safe
