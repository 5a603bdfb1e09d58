/* Local files in and out: they come back, are durable before they take their name, and leave nothing behind that is not
 * whole. What is no regular file is refused.
 *
 *   files DIRECTORY */
#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint8_t content[5000000];
static char folder[3000];
static ino_t synced; /* what the library made durable last */

/* In place of the C library's: of all that is in this process. */
__attribute__((visibility("default"))) int fsync(int fd) {
    struct stat status;
    if (fstat(fd, &status) == 0) __atomic_store_n(&synced, status.st_ino, __ATOMIC_SEQ_CST);
    return (int)syscall(SYS_fsync, fd);
}

static const char *in_folder(const char *name) {
    static char path[2][4096];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static ino_t inode_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_ino : 0;
}

static int entries(void) {
    DIR *directory = opendir(folder);
    int count = 0;
    while (directory && readdir(directory)) count++;
    if (directory) closedir(directory);
    return count - 2;
}

static void write_content(const char *path, size_t size) {
    FILE *file = fopen(path, "wb");
    CHECK(file && fwrite(content, 1, size, file) == size && fclose(file) == 0);
}

static void they_go_in_and_out(safe_client *client) {
    static uint8_t back[sizeof content];
    FILE *file;
    safe_link *link;
    write_content(in_folder("from.bin"), sizeof content);
    link = link_of(safe_put_file(client, in_folder("from.bin"), 0));
    CHECK(safe_link_name(link) && strcmp(safe_link_name(link), "from.bin") == 0);
    CHECK_EQ(sizeof content, number_of(safe_get_file(client, link, in_folder("to.bin"))));
    CHECK(synced != 0 && synced == inode_of(in_folder("to.bin")));
    file = fopen(in_folder("to.bin"), "rb");
    CHECK(file && fread(back, 1, sizeof back, file) == sizeof back && getc(file) == EOF && fclose(file) == 0);
    CHECK(memcmp(back, content, sizeof back) == 0);
    CHECK_EQ(2, entries());
    safe_link_free(link);
}

static void a_failed_or_cancelled_get_leaves_nothing(safe_client *client) {
    safe_link *link = link_of(safe_put(client, content, sizeof content, 0));
    const ino_t before = inode_of(in_folder("to.bin"));
    int i;
    CHECK_EQ(SAFE_FILE_NOT_FOUND, end_of(safe_get_file(client, link, in_folder("none/to.bin"))));
    CHECK_EQ(SAFE_IO, end_of(safe_get_file(client, link, folder))); /* a directory is no file to be replaced */
    for (i = 0; i < 20; i++) {
        safe_op *op = safe_get_file(client, link, in_folder("other.bin"));
        usleep((unsigned)i * 500);
        safe_op_cancel(op);
        if (end_of(op) == SAFE_OK) CHECK_EQ(0, unlink(in_folder("other.bin")));
    }
    CHECK(inode_of(in_folder("to.bin")) == before);
    CHECK_EQ(2, entries());
    safe_link_free(link);
}

static void only_regular_files_go_in(safe_client *client) {
    CHECK_EQ(SAFE_FILE_NOT_FOUND, end_of(safe_put_file(client, "/nowhere/at/all", 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_put_file(client, folder, 0)));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_put_file(client, "/dev/zero", 0)));
    CHECK_EQ(0, mkfifo(in_folder("fifo"), 0600));
    CHECK_EQ(SAFE_INVALID_ARGUMENT, end_of(safe_put_file(client, in_folder("fifo"), 0))); /* nobody writes to it */
    CHECK_EQ(0, unlink(in_folder("fifo")));
    if (access("/proc/self/status", R_OK) == 0) /* it says that it has no bytes */
        CHECK_EQ(SAFE_SOURCE_CHANGED, end_of(safe_put_file(client, "/proc/self/status", 0)));
}

int main(int argc, char **argv) {
    safe_client *client = connect_to("mem:");
    snprintf(folder, sizeof folder, "%s/files-XXXXXX", argc > 1 ? argv[1] : ".");
    CHECK(mkdtemp(folder) != NULL);
    fill(content, sizeof content, 1);
    they_go_in_and_out(client);
    a_failed_or_cancelled_get_leaves_nothing(client);
    only_regular_files_go_in(client);
    CHECK_EQ(0, unlink(in_folder("from.bin")));
    CHECK_EQ(0, unlink(in_folder("to.bin")));
    CHECK_EQ(0, rmdir(folder));
    safe_client_free(client);
    return done();
}
