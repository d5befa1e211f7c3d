/* The sets of files that fileread reads: found, made, divided into blocks, watched. */
#include "workloads/common/file_set.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test runs in an empty directory of its own. */
static char home[] = "/tmp/bench-test-file_set-XXXXXX";

static int enter_directory(void **state)
{
    (void)state;
    strcpy(home + sizeof home - 7, "XXXXXX");
    return mkdtemp(home) && chdir(home) == 0 ? 0 : -1;
}

static int leave_directory(void **state)
{
    (void)state;
    char command[sizeof home + 16];
    snprintf(command, sizeof command, "rm -rf %s", home);
    return chdir("/") == 0 ? system(command) : -1;
}

static void write_file(const char *name, size_t size_bytes)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    for (size_t i = 0; i < size_bytes; i++)
        putc('a' + (int)(i % 26), file);
    assert_int_equal(fclose(file), 0);
}

static int entries_in(const char *directory)
{
    int count = 0;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static void assert_refused(const char *path, int code)
{
    struct file_set set;
    struct bench_error err = {0};
    assert_int_equal(file_set_open(&set, path, 4096, &err), code);
    assert_int_equal(err.code, code);
    assert_memory_equal(err.message, "path=", 5);
}

static void a_directory_gives_its_files_by_name(void **state)
{
    (void)state;
    struct file_set set;
    mkdir("dir", 0700);
    write_file("dir/b", 10);
    write_file("dir/a", 20);
    write_file("dir/B", 30);
    assert_int_equal(file_set_open(&set, "dir", 4096, NULL), 0);
    assert_int_equal(set.count, 3);
    assert_string_equal(set.files[0].name, "dir/B");
    assert_string_equal(set.files[1].name, "dir/a");
    assert_string_equal(set.files[2].name, "dir/b");
    file_set_close(&set);
}

static void only_regular_files_with_contents_count(void **state)
{
    (void)state;
    struct file_set set;
    mkdir("dir", 0700);
    mkdir("dir/sub", 0700);
    write_file("dir/sub/below", 10);
    write_file("dir/empty", 0);
    write_file("dir/file", 10);
    assert_int_equal(mkfifo("dir/fifo", 0600), 0);
    assert_int_equal(symlink("nowhere", "dir/dangling"), 0);
    assert_int_equal(file_set_open(&set, "dir", 4096, NULL), 0);
    assert_int_equal(set.count, 1);
    assert_string_equal(set.files[0].name, "dir/file");
    file_set_close(&set);
}

static void a_missing_path_is_refused(void **state)
{
    (void)state;
    assert_refused("missing", -ENOENT);
}

static void an_empty_file_is_refused(void **state)
{
    (void)state;
    write_file("empty", 0);
    assert_refused("empty", -EINVAL);
}

static void a_directory_without_files_is_refused(void **state)
{
    (void)state;
    mkdir("dir", 0700);
    assert_refused("dir", -ENOENT);
}

static void a_fifo_is_refused_without_waiting_for_it(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("fifo", -EINVAL);
}

static void a_device_is_refused(void **state)
{
    (void)state;
    assert_refused("/dev/null", -EINVAL);
}

/* Block after block, the files are covered without a gap, each file's last block as short as it is. */
static void blocks_cover_all_files_once(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 99, 100, 101, 250, 7};
    struct file_set set;
    mkdir("dir", 0700);
    for (size_t i = 0; i < 6; i++)
        write_file((char[]){'d', 'i', 'r', '/', (char)('a' + i), 0}, sizes[i]);
    assert_int_equal(file_set_open(&set, "dir", 100, NULL), 0);
    assert_int_equal(set.blocks, 1 + 1 + 1 + 2 + 3 + 1);
    assert_int_equal(set.size_bytes, 558);

    size_t index = 0, offset = 0;
    for (uint64_t block = 0; block < set.blocks; block++) {
        const struct file *file = file_set_find(&set, block);
        assert_ptr_equal(file, &set.files[index]);
        assert_int_equal(file_block_offset(&set, file, block), offset);
        offset += file_block_bytes(&set, file, offset);
        if (offset == sizes[index]) {
            index++;
            offset = 0;
        }
    }
    assert_int_equal(index, 6);
    file_set_close(&set);
}

static void a_made_file_leaves_no_name(void **state)
{
    (void)state;
    struct file_set set;
    assert_int_equal(file_set_create(&set, ".", 10000, 4096, NULL), 0);
    assert_int_equal(set.blocks, 3);
    assert_int_equal(entries_in("."), 0);
    file_set_close(&set);
}

static void a_made_file_has_its_space_reserved(void **state)
{
    (void)state;
    struct file_set set;
    struct stat st;
    assert_int_equal(file_set_create(&set, ".", 10000, 4096, NULL), 0);
    assert_int_equal(file_set_reserve(&set, NULL), 0);
    assert_int_equal(fstat(set.files[0].fd, &st), 0);
    assert_true(st.st_size == 10000 || st.st_size == 0); /* 0: a file system without fallocate */
    file_set_close(&set);
}

static void a_file_larger_than_the_disk_is_refused(void **state)
{
    (void)state;
    struct file_set set;
    struct bench_error err = {0};
    assert_int_equal(file_set_create(&set, ".", 1ull << 60, 4096, &err), -ENOSPC);
    assert_memory_equal(err.message, "size=1152921504606846976: ", 26);
}

static void a_directory_that_is_missing_is_named(void **state)
{
    (void)state;
    struct file_set set;
    struct bench_error err = {0};
    assert_int_equal(file_set_create(&set, "missing", 4096, 4096, &err), -ENOENT);
    assert_memory_equal(err.message, "dir=missing: ", 13);
}

static void an_untouched_file_is_unchanged(void **state)
{
    (void)state;
    struct file_set set;
    write_file("file", 100);
    assert_int_equal(file_set_open(&set, "file", 10, NULL), 0);
    assert_int_equal(file_set_load(&set, NULL), 0);
    assert_int_equal(file_set_check_unchanged(&set, NULL), 0);
    file_set_close(&set);
}

static void a_grown_file_is_noticed(void **state)
{
    (void)state;
    struct file_set set;
    write_file("file", 100);
    assert_int_equal(file_set_open(&set, "file", 10, NULL), 0);
    write_file("file", 101);
    assert_int_equal(file_set_check_unchanged(&set, NULL), -ESTALE);
    file_set_close(&set);
}

static void a_file_modified_in_place_is_noticed(void **state)
{
    (void)state;
    struct file_set set;
    write_file("file", 100);
    assert_int_equal(file_set_open(&set, "file", 10, NULL), 0);
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    assert_int_equal(utimensat(AT_FDCWD, "file", times, 0), 0);
    assert_int_equal(file_set_check_unchanged(&set, NULL), -ESTALE);
    file_set_close(&set);
}

static void a_loaded_file_is_in_the_cache(void **state)
{
    (void)state;
    struct file_set set;
    write_file("file", 100000);
    assert_int_equal(file_set_open(&set, "file", 4096, NULL), 0);
    file_set_drop(&set);
    assert_int_equal(file_set_load(&set, NULL), 0);
    assert_true(file_set_cached(&set) == 1);
    file_set_close(&set);
}

static void a_dropped_file_is_not_in_the_cache_unless_in_memory(void **state)
{
    (void)state;
    struct file_set set;
    write_file("file", 1000000);
    assert_int_equal(file_set_open(&set, "file", 4096, NULL), 0);
    file_set_drop(&set);
    double cached = file_set_cached(&set);
    struct statfs fs;
    assert_int_equal(fstatfs(set.files[0].fd, &fs), 0);
    if (fs.f_type == TMPFS_MAGIC)
        assert_true(cached == 1);
    else
        assert_true(cached < 1);
    file_set_close(&set);
}

int main(void)
{
#define IN_A_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(a_directory_gives_its_files_by_name),
        IN_A_DIRECTORY(only_regular_files_with_contents_count),
        IN_A_DIRECTORY(a_missing_path_is_refused),
        IN_A_DIRECTORY(an_empty_file_is_refused),
        IN_A_DIRECTORY(a_directory_without_files_is_refused),
        IN_A_DIRECTORY(a_fifo_is_refused_without_waiting_for_it),
        IN_A_DIRECTORY(a_device_is_refused),
        IN_A_DIRECTORY(blocks_cover_all_files_once),
        IN_A_DIRECTORY(a_made_file_leaves_no_name),
        IN_A_DIRECTORY(a_made_file_has_its_space_reserved),
        IN_A_DIRECTORY(a_file_larger_than_the_disk_is_refused),
        IN_A_DIRECTORY(a_directory_that_is_missing_is_named),
        IN_A_DIRECTORY(an_untouched_file_is_unchanged),
        IN_A_DIRECTORY(a_grown_file_is_noticed),
        IN_A_DIRECTORY(a_file_modified_in_place_is_noticed),
        IN_A_DIRECTORY(a_loaded_file_is_in_the_cache),
        IN_A_DIRECTORY(a_dropped_file_is_not_in_the_cache_unless_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
