// Certificates for tests, made by OpenSSL's tool.
#pragma once

#include "net/listener.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace safe::test {

class Certificates {
  public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "safe-tls-XXXXXX").string();
        if (::mkdtemp(name.data())) folder_ = name;
    }
    ~Certificates() { std::filesystem::remove_all(folder_); }
    Certificates(const Certificates &) = delete;
    Certificates &operator=(const Certificates &) = delete;

    // Signed by itself. Empty without the tool. `names`: "DNS:localhost,IP:127.0.0.1"
    net::TlsFiles make(const std::string &name, const std::string &names) const {
        const net::TlsFiles files{path(name + ".crt"), path(name + ".key")};
        const std::string command =
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=" + name +
            " -addext subjectAltName=" + names + " -out " + files.certificate + " -keyout " + files.key +
            " 2>/dev/null";
        return std::system(command.c_str()) == 0 ? files : net::TlsFiles();
    }
    std::string path(const std::string &name) const { return (folder_ / name).string(); }
    std::string write(const std::string &name, const std::string &text) const {
        std::ofstream(path(name)) << text;
        return path(name);
    }

  private:
    std::filesystem::path folder_;
};

} // namespace safe::test
