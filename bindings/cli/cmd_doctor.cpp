#include "context.hpp"
#include "output.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <memory>
#include <nlohmann/json.hpp>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace safe::cli {
namespace {

using Json = nlohmann::ordered_json;

enum class Health { good, warning, bad };

struct Finding {
    Health health;
    std::string subject, text, mend;
};

using Findings = std::vector<Finding>;

std::string features() {
    std::string out;
    for (const char *name : {"mem", "file", "files", "wait", "s1"}) {
        out += std::string(out.empty() ? "" : ", ") + name + (safe_feature(name) ? "" : " (missing)");
    }
    return out;
}

void look_at_library(Findings &findings) {
    const std::string version = safe_version_string();
    if (safe_abi_version() != SAFE_ABI_VERSION) {
        findings.push_back({Health::bad, "library",
                            "libsafe " + version + " has ABI " + std::to_string(safe_abi_version()) +
                                ", this tool needs " + std::to_string(SAFE_ABI_VERSION),
                            "install the safe tool and libsafe of the same version"});
    } else {
        findings.push_back(
            {Health::good, "library", "libsafe " + version + ", ABI " + std::to_string(safe_abi_version()), ""});
    }
    findings.push_back({safe_feature("file") ? Health::good : Health::warning, "features", features(),
                        safe_feature("file") ? "" : "this build keeps vaults in memory only; install a native one"});
    findings.push_back({Health::good, "memory",
                        human_count(safe_get(SAFE_SETTING_WORKERS)) +
                            (safe_get(SAFE_SETTING_WORKERS) == 1 ? " worker, " : " workers, ") +
                            human_bytes(safe_get(SAFE_SETTING_MEMORY)) +
                            " of working memory (SAFE_WORKERS, SAFE_MEMORY)",
                        ""});
}

std::string user_name(uid_t uid) {
    const passwd *user = ::getpwuid(uid);
    return user ? user->pw_name : std::to_string(uid);
}

// The directory, or what is there of the way to it.
std::string nearest_existing(std::string path) {
    struct stat status {};
    while (::stat(path.c_str(), &status) != 0 && path.size() > 1) {
        path = std::filesystem::path(path).parent_path().string();
        if (path.empty()) path = ".";
    }
    return path;
}

void look_at_permissions(Findings &findings, const std::string &path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        const std::string parent = nearest_existing(path);
        const bool can = std::filesystem::is_directory(parent) &&
                         ::faccessat(AT_FDCWD, parent.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
        findings.push_back(
            {can ? Health::good : Health::bad, "access",
             can ? "not made yet; the first put makes it below " + parent
                 : "there is no vault, and none can be made below " + parent,
             can ? "" : "make the directory as somebody who may, or choose another one with --vault file:/path"});
        return;
    }
    const std::string owner = user_name(status.st_uid);
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777);
    const std::string facts = "owner " + owner + ", mode " + mode;
    if (!S_ISDIR(status.st_mode)) {
        findings.push_back({Health::bad, "access", path + " is not a directory",
                            "move it away, or choose another vault with --vault file:/path"});
    } else if (::faccessat(AT_FDCWD, path.c_str(), R_OK | X_OK, AT_EACCESS) != 0) {
        findings.push_back({Health::bad, "access", "cannot be read (" + facts + "): " + std::strerror(errno),
                            "become " + owner + ", or have the directory opened to you"});
    } else if (::faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) != 0) {
        findings.push_back({Health::warning, "access",
                            "can be read, not written (" + facts + "): " + std::strerror(errno),
                            "reading works; to put, become " + owner + " or choose another vault"});
    } else if (status.st_mode & S_IWOTH) {
        findings.push_back({Health::warning, "access", "every user of this machine can change it (" + facts + ")",
                            "chmod o-w " + path});
    } else {
        findings.push_back({Health::good, "access", "read and write (" + facts + ")", ""});
    }
}

void look_at_space(Findings &findings, const std::string &path) {
    struct statvfs status {};
    if (::statvfs(nearest_existing(path).c_str(), &status) != 0) return;
    const std::uint64_t free = static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
    const std::uint64_t total = static_cast<std::uint64_t>(status.f_blocks) * status.f_frsize;
    if (total == 0) return; // no disk, like /proc
    const bool read_only = status.f_flag & ST_RDONLY;
    const bool few = free < (256u << 20);
    const bool no_inodes = status.f_files > 0 && status.f_favail < 1000;
    findings.push_back({few || read_only || no_inodes ? Health::warning : Health::good, "space",
                        human_bytes(free) + " free of " + human_bytes(total) +
                            (no_inodes ? ", but hardly any inodes are left" : "") +
                            (read_only ? ", mounted read-only" : ""),
                        few || no_inodes ? "`safe vault gc --keep LINKS-FILE` shows what can be removed"
                        : read_only      ? "reading works; to put, choose another vault"
                                         : ""});
}

// SQLite's locks and shared memory do not work reliably over networks (sqlite.org/wal.html, section 1).
void look_at_file_system(Findings &findings, const std::string &path) {
    struct statfs status {};
    if (::statfs(nearest_existing(path).c_str(), &status) != 0) return;
    constexpr std::array<std::uint32_t, 5> network{NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, 0xFF534D42 /* CIFS */,
                                                   0xFE534D42 /* SMB2 */, AFS_SUPER_MAGIC};
    if (std::find(network.begin(), network.end(), static_cast<std::uint32_t>(status.f_type)) == network.end()) return;
    findings.push_back({Health::warning, "disk",
                        "the vault is on a network file system, whose locks may fail between machines",
                        "use a directory on a local disk"});
}

void look_inside(Findings &findings, Context &context, const std::string &url) {
    try {
        const Op op(safe_vault_info(url.c_str()));
        const Report report = context.loop().result<Report>(op, safe_op_take_report);
        const auto value = [&](const char *name) {
            std::uint64_t out = 0;
            check([&](safe_error **error) { return safe_report_value(report.get(), name, &out, error); });
            return out;
        };
        findings.push_back({Health::good, "contents",
                            human_count(value("chunks")) + " chunks, " + human_count(value("records")) + " records, " +
                                human_bytes(value("disk_bytes")) + " on disk, format " +
                                std::to_string(value("format")),
                            ""});
        findings.push_back({Health::good, "locks", "none in the way", ""});
    } catch (const Failure &failure) {
        if (failure.code == SAFE_STORE_MISSING) return; // said already
        const bool locked = failure.code == SAFE_STORE_BUSY || failure.code == SAFE_BUSY;
        findings.push_back({Health::bad, locked ? "locks" : "contents", message_of(failure), hint_for(failure.code)});
    }
}

Findings examine(Context &context) {
    Findings findings;
    look_at_library(findings);
    try {
        const VaultChoice choice = context.vault();
        findings.push_back(
            {Health::good, "vault",
             choice.url + (choice.origin == "default" ? " (the default; --vault and SAFE_VAULT name others)"
                                                      : " (from " + choice.origin + ")"),
             ""});
        const std::string path = path_of_file_url(choice.url);
        if (!path.empty()) {
            look_at_permissions(findings, path);
            look_at_space(findings, path);
            look_at_file_system(findings, path);
            look_inside(findings, context, choice.url);
        } else {
            const Op op(safe_connect(choice.url.c_str(), SAFE_CONNECT_NO_CREATE));
            context.loop().result<Client>(op, safe_op_take_client);
            if (choice.url == "mem:")
                findings.push_back({Health::warning, "contents", "in memory: it is gone when the command ends",
                                    "--vault file:/path keeps it"});
        }
    } catch (const Failure &failure) {
        findings.push_back({Health::bad, "vault", message_of(failure), hint_for(failure.code)});
    }
    return findings;
}

const char *name_of(Health health) {
    return health == Health::good ? "good" : health == Health::warning ? "warning" : "bad";
}

std::string mark_of(const Terminal &terminal, Health health) {
    const Style style = health == Health::good ? Style::green : health == Health::warning ? Style::yellow : Style::red;
    const char *plain = health == Health::good ? "ok  " : health == Health::warning ? "warn" : "BAD ";
    const char *sign = health == Health::good ? "✓" : health == Health::warning ? "!" : "✗";
    return terminal.styled(style, terminal.output_is_terminal && terminal.unicode ? sign : plain, 1);
}

std::string for_people(const Terminal &terminal, const Findings &findings) {
    std::string out;
    const std::string margin(terminal.output_is_terminal && terminal.unicode ? 4 : 7, ' ');
    for (const Finding &finding : findings) {
        out += " " + mark_of(terminal, finding.health) + "  " + finding.subject +
               std::string(10 - finding.subject.size(), ' ') + printable(finding.text) + "\n";
        if (!finding.mend.empty())
            out += margin + std::string(10, ' ') +
                   terminal.styled(Style::dim, "to mend: " + printable(finding.mend), 1) + "\n";
    }
    return out;
}

int doctor(Context &context, bool json) {
    const Findings findings = examine(context);
    const auto count = [&](Health health) {
        return std::count_if(findings.begin(), findings.end(),
                             [&](const Finding &each) { return each.health == health; });
    };
    const bool bad = count(Health::bad) > 0;
    if (json) {
        Json list = Json::array();
        for (const Finding &finding : findings) {
            Json entry{
                {"health", name_of(finding.health)}, {"subject", finding.subject}, {"text", to_utf8(finding.text)}};
            if (!finding.mend.empty()) entry["mend"] = to_utf8(finding.mend);
            list.push_back(std::move(entry));
        }
        print(Json{{"version", safe_version_string()},
                   {"abi", safe_abi_version()},
                   {"well", !bad},
                   {"findings", std::move(list)}}
                  .dump() +
              "\n");
    } else {
        print(for_people(context.terminal, findings));
        context.terminal.say(bad                      ? "Not well: see above."
                             : count(Health::warning) ? "It works; see the warnings."
                                                      : "All is well.");
    }
    return bad ? exit_vault : exit_ok;
}

} // namespace

void add_doctor(CLI::App &app, Context &context) {
    CLI::App *command =
        add_command(app, "doctor", "What is installed, which vault is used, what is wrong and how to mend it",
                    "  safe doctor\n"
                    "  safe doctor --vault file:/srv/vault --json\n"
                    "  Exit code 0 if the vault can be used, 4 if not. Nothing is changed.");
    auto json = std::make_shared<bool>(false);
    command->add_flag("-j,--json", *json, "One line of JSON");
    command->callback([&context, json] { context.run = [&context, json] { return doctor(context, *json); }; });
}

} // namespace safe::cli
