/* The marks by which fileread checks what it has read, and the labels of filewrite. */
#include "workloads/common/block_mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

enum { size_bytes = 10007, block_bytes = 1000, blocks = 11 };

struct written {
    struct file_set set;
    struct block_mark marks[blocks];
    unsigned char data[block_bytes + 8];
};

static void write_blocks(struct written *written, uint64_t seed)
{
    assert_int_equal(file_set_create(&written->set, "/tmp", size_bytes, block_bytes, NULL), 0);
    assert_int_equal(written->set.blocks, blocks);
    assert_int_equal(block_marks_write(written->marks, &written->set, seed, written->data, NULL), 0);
}

static void what_is_read_has_the_marks_of_what_was_written(void **state)
{
    (void)state;
    struct written written;
    struct block_mark again[blocks];
    write_blocks(&written, 42);
    assert_int_equal(block_marks_read(again, &written.set, written.data, NULL), 0);
    for (int i = 0; i < blocks; i++) {
        assert_int_equal(again[i].digest, written.marks[i].digest);
        assert_int_equal(again[i].stamp, written.marks[i].stamp);
    }
    file_set_close(&written.set);
}

static void no_two_blocks_have_the_same_marks(void **state)
{
    (void)state;
    struct written written;
    write_blocks(&written, 42);
    for (int i = 0; i < blocks; i++)
        for (int j = 0; j < i; j++) {
            assert_int_not_equal(written.marks[i].digest, written.marks[j].digest);
            assert_int_not_equal(written.marks[i].stamp, written.marks[j].stamp);
        }
    file_set_close(&written.set);
}

static void another_seed_writes_other_data(void **state)
{
    (void)state;
    struct written a, b;
    write_blocks(&a, 42);
    write_blocks(&b, 43);
    for (int i = 0; i < blocks; i++)
        assert_int_not_equal(a.marks[i].digest, b.marks[i].digest);
    file_set_close(&a.set);
    file_set_close(&b.set);
}

static void a_changed_byte_changes_the_digest(void **state)
{
    (void)state;
    struct written written;
    struct block_mark again[blocks];
    write_blocks(&written, 42);
    unsigned char byte;
    assert_int_equal(pread(written.set.files[0].fd, &byte, 1, 5500), 1);
    byte ^= 1;
    assert_int_equal(pwrite(written.set.files[0].fd, &byte, 1, 5500), 1);
    assert_int_equal(block_marks_read(again, &written.set, written.data, NULL), 0);
    for (int i = 0; i < blocks; i++)
        assert_true((again[i].digest == written.marks[i].digest) == (i != 5));
    file_set_close(&written.set);
}

static void a_file_cut_short_is_refused_and_named(void **state)
{
    (void)state;
    struct written written;
    struct bench_error err = {0};
    write_blocks(&written, 42);
    assert_int_equal(ftruncate(written.set.files[0].fd, 5500), 0);
    assert_true(block_marks_read(written.marks, &written.set, written.data, &err) < 0);
    assert_string_equal(err.message,
                        "the file in /tmp: reading at byte 5000: the file has become shorter");
    file_set_close(&written.set);
}

static void a_stamp_covers_blocks_of_any_length(void **state)
{
    (void)state;
    unsigned char data[20] = {0};
    for (size_t length = 1; length <= 16; length++)
        for (size_t i = 0; i < length; i++) {
            uint64_t before = block_stamp(data, length);
            data[i] ^= 0x10;
            assert_int_not_equal(block_stamp(data, length), before);
            data[i] ^= 0x10;
        }
}

static void a_fold_tells_the_order(void **state)
{
    (void)state;
    assert_int_not_equal(block_fold(block_fold(0, 1), 2), block_fold(block_fold(0, 2), 1));
}

/* However short, as long as there is room for the number of the block; the run's follows it. */
static void labels_tell_blocks_and_runs_apart(void **state)
{
    (void)state;
    unsigned char data[40] = {0}, other[40] = {0};
    for (size_t length = 1; length <= sizeof data; length++) {
        block_label(data, length, 1, 2);
        block_label(other, length, 2, 2);
        assert_int_not_equal(block_digest(data, length), block_digest(other, length));
        block_label(other, length, 1, 3);
        assert_true((block_digest(data, length) == block_digest(other, length)) == (length <= 8));
        block_label(other, length, 1, 2);
        assert_memory_equal(data, other, length);
    }
}

static void a_label_is_on_both_ends_and_leaves_the_rest(void **state)
{
    (void)state;
    unsigned char data[100], empty[100] = {0};
    memset(data, 0, sizeof data);
    block_label(data, sizeof data, 0x11, 0x22);
    assert_int_equal(data[0], 0x11);
    assert_int_equal(data[8], 0x22);
    assert_memory_equal(data + 16, empty, 68);
    assert_memory_equal(data, data + 84, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_has_the_marks_of_what_was_written),
        cmocka_unit_test(no_two_blocks_have_the_same_marks),
        cmocka_unit_test(another_seed_writes_other_data),
        cmocka_unit_test(a_changed_byte_changes_the_digest),
        cmocka_unit_test(a_file_cut_short_is_refused_and_named),
        cmocka_unit_test(a_stamp_covers_blocks_of_any_length),
        cmocka_unit_test(a_fold_tells_the_order),
        cmocka_unit_test(labels_tell_blocks_and_runs_apart),
        cmocka_unit_test(a_label_is_on_both_ends_and_leaves_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
