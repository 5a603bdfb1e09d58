#include "context.hpp"
#include "daemon.hpp"
#include "files.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"

#include <charconv>
#include <cstdlib>
#include <memory>

namespace safe::cli {
namespace {

constexpr const char *usual_listen = "tcp://127.0.0.1:5483";
constexpr const char *usual_drain = "30"; // seconds
constexpr std::size_t largest_file = 1 << 20;

const std::vector<std::string> setting_names{"listen", "store", "cert", "key-file", "limit", "drain", "log"};

struct ServeOptions {
    std::vector<std::string> listen, limit;
    std::string store, cert, key_file, config, drain, log;
};

struct LimitName {
    const char *name;
    safe_vault_limit limit;
};
constexpr LimitName limit_names[] = {{"connections", SAFE_VAULT_LIMIT_CONNECTIONS},
                                     {"handshakes", SAFE_VAULT_LIMIT_HANDSHAKES},
                                     {"bytes-in-flight", SAFE_VAULT_LIMIT_BYTES_IN_FLIGHT},
                                     {"request-size", SAFE_VAULT_LIMIT_REQUEST_SIZE},
                                     {"idle-ms", SAFE_VAULT_LIMIT_IDLE_MS},
                                     {"requests-per-second", SAFE_VAULT_LIMIT_REQUESTS_PER_SECOND},
                                     {"bytes-per-second", SAFE_VAULT_LIMIT_BYTES_PER_SECOND},
                                     {"quota", SAFE_VAULT_LIMIT_QUOTA}};

Settings settings_of_flags(const ServeOptions &options) {
    Settings settings;
    const auto add = [&](const char *name, const std::string &value) {
        if (!value.empty()) settings[name].push_back({value, std::string("--") + name});
    };
    for (const std::string &url : options.listen) add("listen", url);
    for (const std::string &limit : options.limit) add("limit", limit);
    add("store", options.store);
    add("cert", options.cert);
    add("key-file", options.key_file);
    add("drain", options.drain);
    add("log", options.log);
    return settings;
}

// What is said in an earlier place hides what a later one says by the same name; limits hide each other one by one.
class Chosen {
  public:
    explicit Chosen(const ServeOptions &options) {
        from_.push_back(settings_of_flags(options));
        from_.push_back(settings_of_environment([](const char *name) { return std::getenv(name); }, setting_names));
        std::string file = options.config;
        if (const char *given = std::getenv("SAFE_VAULT_CONFIG"); file.empty() && given) file = given;
        if (file.empty()) return;
        const auto bytes = read_file(file, largest_file);
        from_.push_back(
            parse_settings({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, file, setting_names));
    }

    std::vector<Setting> all(const char *name) const {
        for (const Settings &settings : from_)
            if (const auto found = settings.find(name); found != settings.end()) return found->second;
        return {};
    }
    Setting one(const char *name, const std::string &usual) const {
        const auto found = all(name);
        return found.empty() ? Setting{usual, "default"} : found.back();
    }
    // Those that count come last.
    std::vector<Setting> limits() const {
        std::vector<Setting> limits;
        for (auto at = from_.rbegin(); at != from_.rend(); ++at)
            if (const auto found = at->find("limit"); found != at->end())
                limits.insert(limits.end(), found->second.begin(), found->second.end());
        return limits;
    }

  private:
    std::vector<Settings> from_;
};

std::uint64_t number_of(const Setting &setting, std::string_view text, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || value > most)
        throw Failure(SAFE_INVALID_ARGUMENT, setting.origin + ": \"" + std::string(text) +
                                                 "\" is no number from 0 to " + std::to_string(most));
    return value;
}

void set_limit(safe_vault *vault, const Setting &setting) {
    const std::string_view text = setting.value;
    const std::size_t equals = std::min(text.find('='), text.size());
    std::string known;
    for (const LimitName &limit : limit_names) {
        known += std::string(known.empty() ? "" : ", ") + limit.name;
        if (text.substr(0, equals) != limit.name || equals == text.size()) continue;
        const std::uint64_t value = number_of(setting, text.substr(equals + 1), UINT64_MAX);
        return check([&](safe_error **error) { return safe_vault_set_limit(vault, limit.limit, value, error); });
    }
    throw Failure(SAFE_INVALID_ARGUMENT, setting.origin + ": \"" + setting.value +
                                             "\" is no limit; write NAME=NUMBER, where NAME is one of " + known);
}

void log_of_library(void *, std::int32_t level, const char *message) {
    static constexpr const char *levels[] = {"", "error", "warning", "info", "debug"};
    log_event(level >= 1 && level <= 4 ? levels[level] : "info", message);
}

// Without the key, which is for who connects.
std::string place_of(const std::string &url) { return url.substr(0, url.find('#')); }

Vault open_vault(Context &context, const Chosen &chosen) {
    const Setting store = chosen.one("store", "");
    const std::string url = store.value.empty() ? context.make_vault().url : store.value;
    const Op op(safe_vault_open(nullptr, url.c_str(), 0));
    Vault vault = context.loop().result<Vault>(op, safe_op_take_vault);
    for (const Setting &limit : chosen.limits()) set_limit(vault.get(), limit);
    const Setting certificate = chosen.one("cert", ""), key = chosen.one("key-file", "");
    if (certificate.value.empty() != key.value.empty())
        throw Failure(SAFE_INVALID_ARGUMENT, "a certificate and its key go together: --cert FILE --key-file FILE");
    if (!key.value.empty())
        check([&](safe_error **error) {
            return safe_vault_set_certificate(vault.get(), certificate.value.c_str(), key.value.c_str(), error);
        });
    return vault;
}

void listen_at(Context &context, const Vault &vault, const Setting &where) {
    const Op op(safe_vault_listen(vault.get(), where.value.c_str()));
    try {
        context.loop().await(op);
    } catch (const Failure &failure) {
        throw Failure(failure.code, where.origin + ": " + failure.what());
    }
    const std::string url = safe_vault_url(vault.get(), safe_vault_url_count(vault.get()) - 1);
    print(url + "\n");
    log_event("info", "listening", {{"at", place_of(url)}});
}

// Until a signal comes. From then on a second one ends the process on the spot (signals.hpp).
void wait_for_signal() {
    try {
        for (;;) wait_for(-1, 0, -1);
    } catch (const Interrupted &) {
    }
}

int serve(Context &context, const ServeOptions &options) {
    const Chosen chosen(options);
    const Setting log = chosen.one("log", "plain");
    if (log.value != "plain" && log.value != "json")
        throw Failure(SAFE_INVALID_ARGUMENT,
                      log.origin + ": \"" + log.value + "\" is no form of logs; there are plain and json");
    set_log_form(log.value == "json" ? LogForm::json : LogForm::plain);
    const Setting drain = chosen.one("drain", usual_drain);
    const std::uint64_t patience = number_of(drain, drain.value, 3600) * 1000;
    raise_descriptor_limit();
    safe_log_to(context.verbose ? SAFE_LOG_DEBUG : SAFE_LOG_INFO, log_of_library, nullptr);
    const Vault vault = open_vault(context, chosen);
    auto places = chosen.all("listen");
    if (places.empty()) places.push_back({usual_listen, "default"});
    for (const Setting &where : places) listen_at(context, vault, where);
    tell_service_manager("READY=1");
    wait_for_signal();
    tell_service_manager("STOPPING=1");
    log_event("info", "draining");
    const Op op(safe_vault_drain(vault.get(), static_cast<std::int64_t>(patience)));
    check([&](safe_error **error) { return safe_op_wait(op.get(), SAFE_FOREVER, error); });
    log_event("info", "ended");
    return exit_ok;
}

} // namespace

void add_serve(CLI::App &vault, Context &context) {
    CLI::App *command =
        add_command(vault, "serve", "Serve the vault to others, until a signal comes; prints the URLs to connect to",
                    "  safe vault serve                           tcp://127.0.0.1:5483, the vault that --vault names\n"
                    "  safe vault serve --listen tcp://0.0.0.0:5483 --store file:/srv/safe\n"
                    "  safe vault serve --listen wss://0.0.0.0:443/vault --cert chain.pem --key-file key.pem\n"
                    "  safe vault serve --config /etc/safe/vault.conf --log json\n"
                    "  safe vault serve --limit connections=500 --limit quota=1000000000\n"
                    "  safe vault serve --listen tcp://0.0.0.0:5483 --listen http://127.0.0.1:8080\n"
                    "  curl http://127.0.0.1:8080/safe:public-...  and  curl http://127.0.0.1:8080/metrics\n"
                    "  Each line on stdout is the URL of one listener, with the vault's key: what clients connect to.\n"
                    "  A flag comes before the environment (SAFE_VAULT_LISTEN, _STORE, _CERT, _KEY_FILE, _LIMIT,\n"
                    "  _DRAIN, _LOG, _CONFIG; blanks separate several values), and that before the file, whose lines\n"
                    "  are name = value, by the names of the flags. Limits: connections, handshakes, bytes-in-flight,\n"
                    "  request-size, idle-ms, requests-per-second, bytes-per-second, quota; the last three are for\n"
                    "  one client, which is one key (`safe --identity`; without it a new one each time) or, of those\n"
                    "  who only read, one address; and the quota is counted from the start of the daemon.\n"
                    "  SIGTERM ends it when what runs is done; a second one at once.");
    auto options = std::make_shared<ServeOptions>();
    command->callback([&context, options] { context.run = [&context, options] { return serve(context, *options); }; });
    command
        ->add_option(
            "--listen", options->listen,
            "Where to listen, any number of times: tcp://HOST:PORT, ws://HOST:PORT/PATH, wss://HOST:PORT/PATH; "
            "port 0: any.\nhttp://HOST:PORT is for reading, by curl or Prometheus")
        ->type_name("URL")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--store", options->store, "The vault: file:/path/to/dir or mem:; otherwise as --vault")
        ->type_name("URL");
    command
        ->add_option("--cert", options->cert,
                     "Certificate with its chain for wss:, in PEM form; a renewed one is shown without a restart")
        ->type_name("FILE");
    command->add_option("--key-file", options->key_file, "The certificate's private key, in PEM form")
        ->type_name("FILE");
    command->add_option("--config", options->config, "A file of settings")->type_name("FILE");
    command->add_option("--limit", options->limit, "What clients may do, any number of times")
        ->type_name("NAME=NUMBER")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--drain", options->drain, "Wait so long for what runs when a signal comes; 30")
        ->type_name("SECONDS");
    command->add_option("--log", options->log, "The log on stderr: plain or json lines")->type_name("FORM");
}

} // namespace safe::cli
