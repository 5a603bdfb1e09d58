// Errors of stores, in one form: what failed, why, its code, and what to do next (DETAILS D4).
#pragma once

#include "base/error.hpp"

#include <string>
#include <string_view>

namespace safe {

// E.g. "cannot write /x/index.db: disk full (STORE_FULL -3101); free some space".
Error store_failure(Errc code, std::string_view what, std::string_view why, std::string_view next = {});

} // namespace safe
