#include "safe/library.h"

#include "entry.hpp"
#include "log.hpp"
#include "platform.hpp"
#include "shared_process.hpp"

#include <algorithm>
#include <array>
#include <string_view>

using namespace safe;

#define SAFE_TEXT_(number) #number
#define SAFE_TEXT(number) SAFE_TEXT_(number)

uint32_t safe_version_number(void) {
    return SAFE_VERSION_MAJOR * 1000000 + SAFE_VERSION_MINOR * 1000 + SAFE_VERSION_PATCH;
}

const char *safe_version_string(void) {
    return SAFE_TEXT(SAFE_VERSION_MAJOR) "." SAFE_TEXT(SAFE_VERSION_MINOR) "." SAFE_TEXT(SAFE_VERSION_PATCH);
}

uint32_t safe_abi_version(void) { return SAFE_ABI_VERSION; }

int32_t safe_feature(const char *name) {
    static constexpr std::array<std::string_view, 2> everywhere{"mem", "s1"};
    const auto has = [name](auto features) {
        return std::find(features.begin(), features.end(), name) != features.end();
    };
    if (name && (has(everywhere) || has(platform::features()))) return 1;
    return ask(__func__, 0, [&](Call call) { return added_schemes()->find(call.text(name, "name")) ? 1 : 0; });
}

safe_status safe_set(int32_t setting, uint64_t value, safe_error **error) {
    return guard(__func__, error, [&](Call call) {
        switch (setting) {
        case SAFE_SETTING_WORKERS: return set_workers(value);
        case SAFE_SETTING_MEMORY: return set_memory(value);
        default: call.refuse("setting", "is " + std::to_string(setting) + ", which is no setting of this version");
        }
    });
}

uint64_t safe_get(int32_t setting) {
    return ask(__func__, uint64_t{0}, [&](Call call) {
        check_not_forked(__func__);
        const ProcessOptions options = process_options();
        switch (setting) {
        case SAFE_SETTING_WORKERS: return std::uint64_t{options.workers};
        case SAFE_SETTING_MEMORY: return options.memory;
        default: call.refuse("setting", "is no setting of this version");
        }
    });
}

void safe_log_to(int32_t level, safe_log_fn sink, void *user_data) {
    ask(__func__, 0, [&](Call) {
        check_not_forked(__func__);
        set_log_sink(level, sink, user_data);
        return 0;
    });
}

uint64_t safe_debug_live_handles(void) {
    return ask(__func__, uint64_t{0}, [](Call) { return uint64_t{handles().live()}; });
}
