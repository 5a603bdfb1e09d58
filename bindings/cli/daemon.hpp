// What a process that stays has to do with its surroundings: its log, the service manager, descriptors.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace safe::cli {

enum class LogForm { plain, json };

// Lines on stderr, each in one write. No line holds user data: no addresses of content, no keys, no names.
void set_log_form(LogForm form);
void log_event(std::string_view level, std::string_view event, const std::map<std::string, std::string> &facts = {});

// sd_notify(3), if a service manager asks for it.
void tell_service_manager(const std::string &state);

// As many descriptors as the system lets us have: each connection is one.
void raise_descriptor_limit();

} // namespace safe::cli
