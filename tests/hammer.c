/*
 * A fuzz target without a fuzzer: so many mutations of a corpus, each of which follows from a seed and
 * its number, in one process. hammer_NAME SEED FIRST COUNT PROGRESS FOLDER...
 *
 * How far it came stands in PROGRESS, 8 bytes, also when an input has ended it; one that takes 10 s ends
 * it by SIGALRM. What was mutated most often finds faults that coverage does not lead to; libFuzzer
 * (preset `fuzz`) finds the others.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { INPUT_MAX = 65536, MUTATIONS_MAX = 8, PATIENCE_S = 10 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes);
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size_bytes, size_t max_bytes,
                                                     unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size_bytes, size_t max_bytes);

struct input {
    uint8_t *bytes;
    size_t size_bytes;
};

static struct input *corpus;
static int corpus_size;
static uint64_t state;

/* splitmix64 */
static uint64_t next(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t below(size_t end)
{
    return end ? next() % end : 0;
}

/* What parsers trip over. */
static const char *const words[] = {
    "",
    "0",
    "-1",
    "-0",
    "1e308",
    "1e-400",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "null",
    "true",
    "[]",
    "{}",
    "\"",
    "\\",
    ",",
    "\n",
    "\r\n",
    "\t",
    "%s%n",
    "\x1b[",
    "\xff",
    "\xc0\x80",
    "\xef\xbb\xbf",
    "9223372036854775808",
    "18446744073709551616",
    "4294967296",
    "0x10",
    "1_000",
    " ",
    "::error::",
    "../",
    "\xe2\x80\xae",
};
enum { WORDS = sizeof words / sizeof *words };

/* Puts `count` bytes in place of `removed` at `at`, as far as there is room. */
static size_t replace(uint8_t *bytes, size_t size, size_t max, size_t at, size_t removed, const void *by,
                      size_t count)
{
    if (size - removed + count > max)
        return size;
    memmove(bytes + at + count, bytes + at + removed, size - at - removed);
    memcpy(bytes + at, by, count);
    return size - removed + count;
}

static size_t put_word(uint8_t *bytes, size_t size, size_t max)
{
    char number[32];
    const char *word = words[below(WORDS)];
    size_t at = below(size + 1), end = at;
    if (below(4) == 0) {
        snprintf(number, sizeof number, "%lld", (long long)(next() >> below(64)));
        word = number;
    }
    if (below(2)) /* in place of a number or a word */
        while (end < size && bytes[end] != ',' && bytes[end] != '"' && bytes[end] != '\n' &&
               bytes[end] != ':')
            end++;
    return replace(bytes, size, max, at, end - at, word, strlen(word));
}

static size_t put_piece(uint8_t *bytes, size_t size, size_t max)
{
    const struct input *other = &corpus[below((size_t)corpus_size)];
    size_t from = below(other->size_bytes), count = below(other->size_bytes - from + 1);
    size_t at = below(size + 1), removed = below(2) ? below(size - at + 1) : 0;
    return replace(bytes, size, max, at, removed, other->bytes + from, count);
}

static size_t remove_piece(uint8_t *bytes, size_t size, size_t max)
{
    size_t at = below(size + 1), room = size - at;
    return replace(bytes, size, max, at, below(room < 16 || below(2) ? room + 1 : 16), "", 0);
}

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size_bytes, size_t max_bytes)
{
    uint8_t one = (uint8_t)next();
    size_t at = below(size_bytes);
    switch (below(6)) {
    case 0:
        if (size_bytes)
            bytes[at] ^= (uint8_t)(1 << (one & 7));
        return size_bytes;
    case 1:
        if (size_bytes)
            bytes[at] = one;
        return size_bytes;
    case 2:
        return replace(bytes, size_bytes, max_bytes, at, 0, &one, 1);
    case 3:
        return remove_piece(bytes, size_bytes, max_bytes);
    case 4:
        return put_piece(bytes, size_bytes, max_bytes);
    default:
        return put_word(bytes, size_bytes, max_bytes);
    }
}

static size_t make_input(uint8_t *bytes)
{
    const struct input *from = &corpus[below((size_t)corpus_size)];
    size_t size = from->size_bytes;
    memcpy(bytes, from->bytes, size);
    for (size_t i = below(MUTATIONS_MAX + 1); i > 0; i--) {
        size = LLVMFuzzerCustomMutator
                   ? LLVMFuzzerCustomMutator(bytes, size, INPUT_MAX, (unsigned)next())
                   : LLVMFuzzerMutate(bytes, size, INPUT_MAX);
    }
    return size;
}

static void *allocate(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory)
        abort();
    return memory;
}

static _Noreturn void give_up(const char *path)
{
    perror(path);
    exit(2);
}

static void read_input(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rbe");
    corpus = realloc(corpus, (size_t)(corpus_size + 1) * sizeof *corpus);
    if (!file || !corpus)
        give_up(path);
    struct input *input = &corpus[corpus_size++];
    input->bytes = allocate(INPUT_MAX);
    input->size_bytes = fread(input->bytes, 1, INPUT_MAX, file);
    fclose(file);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* In the order of their names, so that the same number is the same input anywhere. */
static void read_folder(const char *folder)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_visible, alphasort);
    if (count < 0)
        give_up(folder);
    for (int i = 0; i < count; i++) {
        read_input(folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

static volatile uint64_t *open_progress(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0 || ftruncate(fd, sizeof(uint64_t)) < 0)
        give_up(path);
    void *memory = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        give_up(path);
    close(fd);
    return memory;
}

/* TORTURE_BREAK: is it seen when an input crashes or hangs? */
static void break_on_purpose(const char *how)
{
    if (strcmp(how, "crashes") == 0)
        abort();
    while (strcmp(how, "hangs") == 0)
        pause();
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: hammer_NAME SEED FIRST COUNT PROGRESS FOLDER...\n");
        return 2;
    }
    uint64_t seed = strtoull(argv[1], NULL, 10), first = strtoull(argv[2], NULL, 10);
    uint64_t end = first + strtoull(argv[3], NULL, 10);
    const char *broken = getenv("TORTURE_BREAK");
    volatile uint64_t *progress = open_progress(argv[4]);
    uint8_t *bytes = allocate(INPUT_MAX);
    for (int i = 5; i < argc; i++)
        read_folder(argv[i]);
    if (corpus_size == 0)
        give_up("no corpus");
    for (uint64_t number = first; number < end; number++) {
        state = seed ^ number * 0xd1342543de82ef95u;
        *progress = number;
        size_t size = make_input(bytes);
        alarm(broken ? 1 : PATIENCE_S);
        if (broken && number % 1000 == 10)
            break_on_purpose(broken);
        uint8_t *exact = allocate(size); /* so that sanitizers see what is read beyond its end */
        memcpy(exact, bytes, size);
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
    }
    *progress = end;
    free(bytes);
    return 0;
}
