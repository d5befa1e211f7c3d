/* Connections between minders, both ends in one process. That silence is noticed is tests/cluster's to
 * try. */
#include "runner/rank_links.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct ends {
    struct rank_links first, other;
};

/* By the loopback, which is no address that hosts tell each other. */
static void connect_ends(struct ends *ends, uint64_t wrong)
{
    rank_links_open(&ends->first);
    rank_links_open(&ends->other);
    assert_true(ends->first.address.port != 0);
    struct rank_address address = ends->first.address;
    address.count = 1;
    address.list[0].family = AF_INET;
    memcpy(address.list[0].bytes, &(struct in_addr){htonl(INADDR_LOOPBACK)}, sizeof(struct in_addr));
    address.secret[0] ^= wrong;
    rank_links_connect(&ends->other, &address, 7);
}

static enum rank_link_end turn(struct rank_links *links, uint32_t *rank)
{
    for (int i = 0; i < RANK_LINKS_OWN; i++)
        links->fds[i] = (struct pollfd){.fd = -1};
    poll(links->fds, RANK_LINKS_OWN + links->count, 20);
    return rank_links_look(links, rank);
}

/* Until nothing more happens. */
static void settle(struct ends *ends)
{
    uint32_t rank;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(turn(&ends->other, &rank), RANK_LINK_GOOD);
        assert_int_equal(turn(&ends->first, &rank), RANK_LINK_GOOD);
    }
}

static void both_sides_are_linked_and_stay_so(void **state)
{
    (void)state;
    struct ends ends;
    connect_ends(&ends, 0);
    settle(&ends);
    assert_int_equal(ends.other.count, 1);
    assert_int_equal(ends.first.count, 2); /* the door, too */
    rank_links_close(&ends.first);
    rank_links_close(&ends.other);
}

static void end_of_rank_0_is_heard(void **state)
{
    (void)state;
    struct ends ends;
    uint32_t rank = 99;
    connect_ends(&ends, 0);
    settle(&ends);
    rank_links_close(&ends.first);
    assert_int_equal(turn(&ends.other, &rank), RANK_LINK_ENDED);
    assert_int_equal(rank, 0);
    rank_links_close(&ends.other);
}

/* Its own minder says how it ended. */
static void end_of_another_is_no_news_to_rank_0(void **state)
{
    (void)state;
    struct ends ends;
    uint32_t rank;
    connect_ends(&ends, 0);
    settle(&ends);
    rank_links_close(&ends.other);
    assert_int_equal(turn(&ends.first, &rank), RANK_LINK_GOOD);
    assert_int_equal(ends.first.count, 1);
    rank_links_close(&ends.first);
}

static void stranger_is_not_let_in(void **state)
{
    (void)state;
    struct ends ends;
    connect_ends(&ends, 1);
    settle(&ends);
    assert_int_equal(ends.first.count, 1);
    assert_int_equal(ends.other.count, 0);
    rank_links_close(&ends.first);
    rank_links_close(&ends.other);
}

static void rank_0_that_cannot_be_reached_is_not_taken_for_lost(void **state)
{
    (void)state;
    struct ends ends;
    uint32_t rank;
    rank_links_open(&ends.other);
    rank_links_open(&ends.first);
    struct rank_address nowhere = ends.first.address;
    nowhere.count = 1;
    nowhere.list[0].family = AF_INET;
    memcpy(nowhere.list[0].bytes, &(struct in_addr){htonl(INADDR_LOOPBACK)}, sizeof(struct in_addr));
    rank_links_close(&ends.first);
    rank_links_connect(&ends.other, &nowhere, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(turn(&ends.other, &rank), RANK_LINK_GOOD);
    assert_int_equal(ends.other.count, 0);
    rank_links_close(&ends.other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_are_linked_and_stay_so),
        cmocka_unit_test(end_of_rank_0_is_heard),
        cmocka_unit_test(end_of_another_is_no_news_to_rank_0),
        cmocka_unit_test(stranger_is_not_let_in),
        cmocka_unit_test(rank_0_that_cannot_be_reached_is_not_taken_for_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
