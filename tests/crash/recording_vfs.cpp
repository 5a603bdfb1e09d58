// An SQLite VFS that hands everything on to the system's and notes what reaches files that last: the database, its log,
// its journal. The shared memory beside the log does not outlive a power cut and is none of the disk's.
#include "recording.hpp"

#include <cstring>
#include <sqlite3.h>

namespace safe::crash {
namespace {

// SQLite hands out C tables of functions, so what they refer to is global.
std::shared_ptr<Disk> disk;
sqlite3_vfs vfs;

sqlite3_vfs *system_vfs() { return static_cast<sqlite3_vfs *>(vfs.pAppData); }

// What SQLite allocates for an open file: ours, and the system's behind it.
struct Handle {
    sqlite3_file base;
    const char *path; // SQLite's, lives as long as the file is open; null: not noted
    bool enter;       // a sync also syncs the entry: the first one of a new log or journal (unixSync in os_unix.c)
    sqlite3_file *real() { return reinterpret_cast<sqlite3_file *>(this + 1); }
};
Handle *handle(sqlite3_file *file) { return reinterpret_cast<Handle *>(file); }
sqlite3_file *real(sqlite3_file *file) { return handle(file)->real(); }

std::string parent_of(const std::string &path) { return path.substr(0, path.find_last_of('/')); }

int close_file(sqlite3_file *file) { return real(file)->pMethods->xClose(real(file)); }

int read_file(sqlite3_file *file, void *out, int size, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), out, size, offset);
}

int write_file(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset) {
    const std::lock_guard lock(disk->mutex());
    const int code = real(file)->pMethods->xWrite(real(file), data, size, offset);
    if (code == SQLITE_OK && handle(file)->path)
        disk->written(handle(file)->path, static_cast<std::uint64_t>(offset),
                      {static_cast<const Byte *>(data), static_cast<std::size_t>(size)});
    return code;
}

int truncate_file(sqlite3_file *file, sqlite3_int64 size) {
    const std::lock_guard lock(disk->mutex());
    const int code = real(file)->pMethods->xTruncate(real(file), size);
    if (code == SQLITE_OK && handle(file)->path) disk->truncated(handle(file)->path, static_cast<std::uint64_t>(size));
    return code;
}

int sync_file(sqlite3_file *file, int flags) {
    const std::lock_guard lock(disk->mutex());
    const int code = real(file)->pMethods->xSync(real(file), flags);
    if (code == SQLITE_OK && handle(file)->path) {
        disk->synced(handle(file)->path);
        if (handle(file)->enter) disk->synced(parent_of(handle(file)->path), "sqlite-directory");
        handle(file)->enter = false;
    }
    return code;
}

int file_size(sqlite3_file *file, sqlite3_int64 *size) { return real(file)->pMethods->xFileSize(real(file), size); }
int lock_file(sqlite3_file *file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int unlock_file(sqlite3_file *file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int check_lock(sqlite3_file *file, int *out) { return real(file)->pMethods->xCheckReservedLock(real(file), out); }
int control(sqlite3_file *file, int op, void *arg) { return real(file)->pMethods->xFileControl(real(file), op, arg); }
int sector_size(sqlite3_file *file) { return real(file)->pMethods->xSectorSize(real(file)); }
int traits(sqlite3_file *file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }
int map_shared(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, out);
}
int lock_shared(sqlite3_file *file, int offset, int n, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, n, flags);
}
void barrier(sqlite3_file *file) { real(file)->pMethods->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file *file, int remove) { return real(file)->pMethods->xShmUnmap(real(file), remove); }

const sqlite3_io_methods methods = {2,         close_file,   read_file, write_file,  truncate_file,
                                    sync_file, file_size,    lock_file, unlock_file, check_lock,
                                    control,   sector_size,  traits,    map_shared,  lock_shared,
                                    barrier,   unmap_shared, nullptr,   nullptr};

int open_file(sqlite3_vfs *, const char *path, sqlite3_file *file, int flags, int *out_flags) {
    const std::lock_guard lock(disk->mutex());
    Handle *opened = handle(file);
    std::memset(static_cast<void *>(opened), 0, sizeof *opened);
    const int code = system_vfs()->xOpen(system_vfs(), path, opened->real(), flags, out_flags);
    if (opened->real()->pMethods) opened->base.pMethods = &methods;
    if (code != SQLITE_OK || !path || (flags & SQLITE_OPEN_DELETEONCLOSE)) return code;
    opened->path = path;
    opened->enter = (flags & SQLITE_OPEN_CREATE) && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL));
    if (!disk->knows(path)) disk->made(path, false);
    return code;
}

int delete_file(sqlite3_vfs *, const char *path, int sync_directory) {
    const std::lock_guard lock(disk->mutex());
    const int code = system_vfs()->xDelete(system_vfs(), path, sync_directory);
    if (code == SQLITE_OK && disk->knows(path)) {
        disk->unlinked(path);
        if (sync_directory) disk->synced(parent_of(path), "sqlite-directory");
    }
    return code;
}

} // namespace

RecordingVfs::RecordingVfs(std::shared_ptr<Disk> notes) {
    disk = std::move(notes);
    sqlite3_vfs *system = sqlite3_vfs_find(nullptr);
    vfs = *system;
    vfs.zName = name;
    vfs.szOsFile = static_cast<int>(sizeof(Handle)) + system->szOsFile;
    vfs.pAppData = system;
    vfs.pNext = nullptr;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    sqlite3_vfs_register(&vfs, 0);
}

RecordingVfs::~RecordingVfs() {
    sqlite3_vfs_unregister(&vfs);
    disk.reset();
}

} // namespace safe::crash
