// Makes the inputs of tests/golden, as tests/golden/recipes.py says.
#pragma once

#include "support.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace safe::test {

struct SplitMix64 {
    std::uint64_t state;
    std::uint64_t operator()() {
        std::uint64_t z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
};

inline Bytes make_input(const nlohmann::json &recipe, std::size_t size) {
    static const std::vector<std::string> words = {"the",   "of",    "and",        "to",      "in",   "a",
                                                   "vault", "chunk", "address",    "network", "byte", "is",
                                                   "that",  "self",  "encryption", "map"};
    const std::string kind = recipe.at("kind");
    Bytes data;
    const auto append = [&](std::string_view text) { data.insert(data.end(), text.begin(), text.end()); };
    if (kind == "ascii") {
        append(recipe.at("text").get<std::string>());
    } else if (kind == "repeat") {
        for (std::uint64_t i = recipe.at("times"); i > 0; --i) append(recipe.at("text").get<std::string>());
    } else if (kind == "cycle") {
        const std::uint64_t period = recipe.at("period");
        for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<Byte>(i % period));
    } else if (kind == "square") {
        for (std::uint64_t i = 0; i < size; ++i) data.push_back(static_cast<Byte>((i * i + i / 7) % 251));
    } else {
        SplitMix64 random{recipe.at("seed")};
        while (data.size() < size) {
            const std::uint64_t z = random();
            if (kind == "noise") {
                for (int i = 0; i < 8; ++i) data.push_back(static_cast<Byte>(z >> (8 * i)));
            } else if (kind == "text") {
                append(words[std::min(z % 16, z / 16 % 16)]);
                append(z / 256 % 12 == 0 ? "\n" : " ");
            } else if (kind == "runs") {
                data.insert(data.end(), z / 4 % 5000 + 1, static_cast<Byte>(z % 4 * 85));
            } else {
                throw std::runtime_error("no recipe of kind " + kind);
            }
        }
        data.resize(size);
    }
    return data;
}

inline nlohmann::json golden(const std::string &file) {
    std::ifstream in(std::string(SAFE_SOURCE_DIR) + "/tests/golden/" + file);
    return nlohmann::json::parse(in);
}

} // namespace safe::test
