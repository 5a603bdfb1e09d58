// The lines that a runner reads and writes (README, "What a runner speaks").
#pragma once

#include <safe/safe.hpp>

#include <cctype>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace runner {

using Data = std::vector<std::uint8_t>;

inline std::string percent(const std::string &text) {
    std::string coded;
    for (const unsigned char c : text) {
        char part[4] = {static_cast<char>(c), 0, 0, 0};
        if (!std::isalnum(c) && std::string("/:.,-_~").find(static_cast<char>(c)) == std::string::npos)
            std::snprintf(part, sizeof part, "%%%02X", c);
        coded += part;
    }
    return coded;
}

inline std::string plain(const std::string &coded) {
    std::string text;
    for (std::size_t at = 0; at < coded.size(); ++at) {
        if (coded[at] != '%') {
            text += coded[at];
        } else {
            text += static_cast<char>(std::stoi(coded.substr(at + 1, 2), nullptr, 16));
            at += 2;
        }
    }
    return text;
}

inline std::string hex(const std::uint8_t *data, std::size_t size) {
    std::string text(2 * size, '0');
    for (std::size_t at = 0; at < size; ++at) {
        text[2 * at] = "0123456789abcdef"[data[at] >> 4];
        text[2 * at + 1] = "0123456789abcdef"[data[at] & 15];
    }
    return text;
}

template <class Bytes>
std::string hex(const Bytes &bytes) {
    return hex(std::data(bytes), std::size(bytes));
}

inline Data bytes_of_hex(const std::string &text) {
    Data data(text.size() / 2);
    for (std::size_t at = 0; at < data.size(); ++at)
        data[at] = static_cast<std::uint8_t>(std::stoi(text.substr(2 * at, 2), nullptr, 16));
    return data;
}

inline Data file_of(const std::string &path) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot read " + path);
    Data data(static_cast<std::size_t>(file.tellg()));
    file.seekg(0);
    file.read(reinterpret_cast<char *>(data.data()), static_cast<std::streamsize>(data.size()));
    return data;
}

inline void write_file(const std::string &path, const std::uint8_t *data, std::size_t size) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char *>(data), static_cast<std::streamsize>(size));
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

// Bytes in the middle of a larger buffer, if that is asked for.
struct Lump {
    Data memory;
    std::size_t before = 0, size = 0;

    safe::View view() const { return {memory.data() + before, size}; }
};

// What is asked.
struct Request {
    std::string number, operation;
    std::map<std::string, std::string> arguments;

    explicit Request(const std::string &line) {
        std::istringstream words(line);
        words >> number >> operation;
        for (std::string word; words >> word;) {
            const auto at = word.find('=');
            arguments[word.substr(0, at)] = plain(word.substr(at + 1));
        }
    }

    bool has(const std::string &key) const { return arguments.count(key) != 0; }

    std::optional<std::string> text_if(const std::string &key) const {
        return has(key) ? std::optional(arguments.at(key)) : std::nullopt;
    }

    const std::string &text(const std::string &key) const { return arguments.at(key); }

    std::optional<std::uint64_t> number_if(const std::string &key) const {
        return has(key) ? std::optional<std::uint64_t>(std::stoull(arguments.at(key))) : std::nullopt;
    }

    std::uint64_t count(const std::string &key) const { return number_if(key).value_or(0); }
    bool flag(const std::string &key) const { return count(key) != 0; }

    template <std::size_t size>
    std::array<std::uint8_t, size> array(const Data &bytes) const {
        std::array<std::uint8_t, size> out{};
        if (bytes.size() != size) throw safe::Error(SAFE_INVALID_ARGUMENT, "bytes of another number");
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }

    safe::Address address(const std::string &key) const { return array<32>(bytes_of_hex(text(key))); }

    Data data(const std::string &key) const {
        const std::string &given = text(key);
        return given[0] == 'x' ? bytes_of_hex(given.substr(2)) : file_of(given.substr(2));
    }

    Lump lump(const std::string &key) const {
        const Data bytes = data(key);
        Lump lump{Data(count("before"), 0xaa), count("before"), bytes.size()};
        lump.memory.insert(lump.memory.end(), bytes.begin(), bytes.end());
        lump.memory.resize(lump.memory.size() + count("after"), 0xbb);
        return lump;
    }
};

// What is answered.
class Answer {
  public:
    static inline std::string folder;

    void text(const std::string &key, const std::string &value) { said_ += " " + key + "=" + percent(value); }
    void number(const std::string &key, std::uint64_t value) { text(key, std::to_string(value)); }

    template <class Value>
    void maybe(const std::string &key, const std::optional<Value> &value) {
        if constexpr (std::is_same_v<Value, std::string>) {
            if (value) text(key, *value);
        } else {
            if (value) number(key, *value);
        }
    }

    void bytes(const std::string &key, const std::uint8_t *data, std::size_t size) {
        static int files = 0;
        if (size <= 1024) return text(key, "x:" + hex(data, size));
        const std::string path = folder + "/out-" + std::to_string(++files);
        write_file(path, data, size);
        text(key, "f:" + path);
    }

    template <class Bytes>
    void bytes(const std::string &key, const Bytes &bytes_given) {
        bytes(key, std::data(bytes_given), std::size(bytes_given));
    }

    template <class Items>
    void chunks(const std::string &key, const Items &items) {
        std::string list;
        for (const auto &item : items)
            list += (list.empty() ? "" : ",") + hex(item.address) + ":" + std::to_string(item.size);
        text(key, list);
    }

    void failure(const safe::Error &error) {
        failed_ = true;
        said_.clear();
        text("name", error.name());
        text("message", error.what());
        number("retryable", error.retryable());
        for (const auto &[name, value] : error.details()) {
            if (const auto found = error.number(name))
                number("detail." + name, *found);
            else
                text("detail." + name, std::get<std::string>(value));
        }
    }

    std::string line(const Request &to) const { return to.number + (failed_ ? " error" : " ok") + said_; }

  private:
    std::string said_;
    bool failed_ = false;
};

} // namespace runner
