#include "handles.hpp"

#include "crypto/sign.hpp"
#include "fork.hpp"

#include <array>

namespace safe {

const char *name_of_tag(unsigned tag) {
    static constexpr std::array names{"handle",           "safe_error",   "safe_bytes",      "safe_op",
                                      "safe_queue",       "safe_client",  "safe_link",       "safe_receipt",
                                      "safe_writer",      "safe_reader",  "safe_key",        "safe_record",
                                      "safe_record_page", "safe_report",  "safe_s1_encoder", "safe_s1_map",
                                      "safe_port",        "safe_request", "safe_vault"};
    return tag < names.size() ? names[tag] : names[0];
}

namespace {

Handles *make_table() {
    Handles::Word salt = 0;
    crypto::SodiumRandom().fill({reinterpret_cast<Byte *>(&salt), sizeof salt});
    auto *table = new Handles(salt);
    // Nothing was begun before the first handle, so a fork before it does no harm.
    watch_forks(table->mutex());
    return table;
}

} // namespace

Handles &handles() {
    static Handles *const table = make_table();
    return *table;
}

} // namespace safe
