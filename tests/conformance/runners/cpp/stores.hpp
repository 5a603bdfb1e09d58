// A store of the runner's own, whose values are files of a folder named by their keys; and a transport that reaches a vault over
// sockets. Each serves a port of its own.
#pragma once

#include "line.hpp"

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <set>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace runner {

class Server {
  public:
    virtual ~Server() = default;
    virtual void hold(bool) {}
};

class FolderStore : public Server {
  public:
    FolderStore(const std::string &scheme, std::string folder) : folder_(std::move(folder)), port_(scheme) {
        thread_ = std::thread([this] { serve(); });
    }

    ~FolderStore() override {
        {
            const std::lock_guard lock(mutex_);
            ended_ = true;
            held_ = false;
        }
        port_.close();
        changed_.notify_all();
        thread_.join();
    }

    void hold(bool held) override {
        {
            const std::lock_guard lock(mutex_);
            held_ = held;
        }
        changed_.notify_all();
    }

  private:
    // Woken by the library when requests wait, by turns with waiting in next().
    void serve() {
        while (!ended()) {
            try {
                port_.on_request([this] {
                    {
                        const std::lock_guard lock(mutex_);
                        asked_ = true;
                    }
                    changed_.notify_all();
                });
            } catch (const safe::Error &) {
                if (ended()) return; // it was closed since
                throw;
            }
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [this] { return asked_ || ended_; });
                asked_ = false;
            }
            while (auto request = port_.next(std::chrono::milliseconds(0))) try {
                    answer(*request);
                } catch (const safe::Error &error) {
                    if (error.code() != SAFE_CLOSED) throw; // what was asked has ended meanwhile
                }
        }
    }

    bool ended() {
        const std::lock_guard lock(mutex_);
        return ended_;
    }

    std::string path(const std::string &key) const {
        std::string name;
        for (const char c : key) name += c == '/' ? "%2F" : percent(std::string(1, c));
        return folder_ + "/" + name;
    }

    void answer(safe::Request &request) {
        const std::string key = request.key();
        switch (request.kind()) {
        case SAFE_REQUEST_OPEN: return open(request);
        case SAFE_REQUEST_CREATE: return request.done(put(request, false));
        case SAFE_REQUEST_REPLACE: return request.done(put(request, true));
        case SAFE_REQUEST_GET: return give(request);
        case SAFE_REQUEST_EXISTS: return request.done(std::filesystem::exists(path(key)));
        case SAFE_REQUEST_LIST: return list(request);
        case SAFE_REQUEST_REMOVE: return request.done(std::filesystem::remove(path(key)));
        case SAFE_REQUEST_FIGURES: return count(request);
        default: return request.done();
        }
    }

    void open(safe::Request &request) {
        if (request.url().empty() || !request.connection()) throw std::logic_error("a request without a connection");
        if ((request.flags() & SAFE_CONNECT_NO_CREATE) && !std::filesystem::exists(folder_))
            return request.fail(SAFE_STORE_MISSING, "there is no such folder");
        std::filesystem::create_directories(folder_);
        request.done();
    }

    bool put(const safe::Request &request, bool replace) {
        const std::string made = folder_ + "/.cpp-" + std::to_string(++count_);
        write_file(made, request.data().data(), request.data().size());
        if (replace) {
            std::filesystem::rename(made, path(request.key()));
            return true;
        }
        const bool first = ::link(made.c_str(), path(request.key()).c_str()) == 0;
        std::filesystem::remove(made);
        return first;
    }

    void give(safe::Request &request) {
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return !held_; });
        }
        if (!std::filesystem::exists(path(request.key()))) return request.none();
        const Data value = file_of(path(request.key()));
        const auto from = std::min<std::uint64_t>(request.offset(), value.size());
        request.give(safe::View(value.data() + from, std::min(request.length(), value.size() - from)));
    }

    std::map<std::string, std::uint64_t> keys(const std::string &prefix) const {
        std::map<std::string, std::uint64_t> found;
        for (const auto &entry : std::filesystem::directory_iterator(folder_)) {
            const std::string key = plain(entry.path().filename().string());
            if (key[0] != '.' && key.compare(0, prefix.size(), prefix) == 0) found[key] = entry.file_size();
        }
        return found;
    }

    void list(safe::Request &request) {
        std::uint64_t added = 0;
        const auto found = keys(request.key());
        for (auto entry = found.upper_bound(request.after()); entry != found.end(); ++entry) {
            if (added++ == request.limit()) return request.done(true);
            request.add(entry->first, entry->second);
        }
        request.done(false);
    }

    void count(safe::Request &request) {
        std::uint64_t bytes = 0;
        const auto found = keys(request.key());
        for (const auto &entry : found) bytes += entry.second;
        request.figures(found.size(), bytes);
    }

    std::string folder_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool asked_ = false, ended_ = false, held_ = false;
    std::uint64_t count_ = 0;
    safe::Port port_;
    std::thread thread_;
};

// Whoever connects to the scheme gets one end of a pair of sockets; at the other the vault is served.
class Transport : public Server {
  public:
    Transport(std::string scheme, std::string vault)
        : scheme_(std::move(scheme)), vault_(std::move(vault)), port_(scheme_, SAFE_PORT_TRANSPORT) {
        thread_ = std::thread([this] { serve(); });
    }

    ~Transport() override {
        port_.close();
        thread_.join();
        for (auto &open : open_) ::shutdown(open.second, SHUT_RDWR);
        for (auto &worker : workers_) worker.join();
        for (auto &open : open_) ::close(open.second);
    }

  private:
    void serve() {
        while (auto request = port_.next()) {
            const auto connection = request->connection();
            if (request->kind() == SAFE_REQUEST_OPEN) {
                open_[connection] = end_for(request->url());
                request->done();
            } else if (request->kind() == SAFE_REQUEST_CLOSE) {
                ::shutdown(open_.at(connection), SHUT_RDWR);
                try {
                    request->done();
                } catch (const safe::Error &error) {
                    if (error.code() != SAFE_CLOSED) throw; // the port was closed meanwhile
                }
            } else {
                workers_.emplace_back(
                    [fd = open_.at(connection), asked = std::move(*request)]() mutable { move(fd, asked); });
            }
        }
    }

    int end_for(const std::string &url) {
        const auto at = url.find(":served-");
        if (at != std::string::npos) return std::stoi(url.substr(at + 8));
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) throw std::runtime_error("no pair of sockets");
        served_.push_back(safe::vault::serve(vault_, scheme_ + ":served-" + std::to_string(ends[1])));
        return ends[0];
    }

    static void move(int fd, safe::Request &request) {
        try {
            if (request.kind() == SAFE_REQUEST_SEND) {
                const safe::View data = request.data();
                for (std::size_t at = 0; at < data.size();) {
                    const ssize_t sent = ::send(fd, data.data() + at, data.size() - at, MSG_NOSIGNAL);
                    if (sent < 0) return request.fail(SAFE_CONNECTION_FAILED, "the other side has gone");
                    at += static_cast<std::size_t>(sent);
                }
                return request.done();
            }
            Data room(request.length());
            const ssize_t got = ::recv(fd, room.data(), room.size(), 0);
            if (got <= 0) return request.none();
            request.give(safe::View(room.data(), static_cast<std::size_t>(got)));
        } catch (const safe::Error &) {
            return; // the connection was closed: nobody waits for the answer
        }
    }

    std::string scheme_, vault_;
    safe::Port port_;
    std::map<std::uint64_t, int> open_;
    std::vector<safe::Future<void>> served_;
    std::vector<std::thread> workers_;
    std::thread thread_;
};

} // namespace runner
