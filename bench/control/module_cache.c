/*
 * The cache of modules' tables: a file for each plug-in or runtime, in $XDG_CACHE_HOME/bench or
 * ~/.cache/bench. It has the key in it, and a file whose key is another one is as good as none. Written
 * beside and renamed, so that nobody ever reads half of one.
 */
#include "control/module_cache.h"

#include "base/memory.h"
#include "base/text.h"

#include <bench/executor.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CACHE_FORMAT = 1 };

char *module_cache_key(char *const *files)
{
    struct text key = {0};
    text_add(&key, "bench " BENCH_VERSION " contract %d %d cache %d", BENCH_WORKLOAD_ABI,
             BENCH_EXECUTOR_ABI, CACHE_FORMAT);
    for (size_t i = 0; files[i]; i++) {
        struct stat is;
        if (stat(files[i], &is) == 0)
            text_add(&key, "\n%s %ju:%ju %jd %jd.%09ld", files[i], (uintmax_t)is.st_dev,
                     (uintmax_t)is.st_ino, (intmax_t)is.st_size, (intmax_t)is.st_mtim.tv_sec,
                     is.st_mtim.tv_nsec);
        else if (i == 0) {
            free(key.text);
            return NULL;
        }
    }
    return key.text;
}

/* Is it a folder to keep things in, made where it is not there yet? */
static char *folder_for_cache(void)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *parent;
    if (cache && cache[0] == '/')
        parent = mem_text(cache);
    else if (home && home[0] == '/')
        parent = mem_format("%s/.cache", home);
    else
        return NULL;
    mkdir(parent, 0700);
    char *folder = mem_format("%s/bench", parent);
    free(parent);
    if (mkdir(folder, 0700) < 0 && errno != EEXIST) {
        free(folder);
        return NULL;
    }
    return folder;
}

/* FNV-1a, of the key's path alone: a file that has changed takes the place of what it was. */
static uint64_t hash_of_path(const char *key)
{
    const char *line = strchr(key, '\n');
    uint64_t hash = 14695981039346656037u;
    for (line = line ? line + 1 : key; *line && *line != '\n' && *line != ' '; line++)
        hash = (hash ^ (unsigned char)*line) * 1099511628211u;
    return hash;
}

static char *path_for_key(const char *key)
{
    char *folder = folder_for_cache(), *path = NULL;
    if (folder)
        path = mem_format("%s/modules-%016" PRIx64 ".json", folder, hash_of_path(key));
    free(folder);
    return path;
}

json_t *module_cache_load(const char *key)
{
    char *path = path_for_key(key);
    FILE *file = path ? mem_open(path) : NULL;
    json_t *kept = file ? json_loadf(file, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (file)
        fclose(file);
    const char *kept_key = json_string_value(json_object_get(kept, "key"));
    json_t *list =
        kept_key && strcmp(kept_key, key) == 0 ? json_incref(json_object_get(kept, "list")) : NULL;
    json_decref(kept);
    free(path);
    return list;
}

void module_cache_store(const char *key, const json_t *list)
{
    char *path = path_for_key(key);
    char *beside = path ? mem_format("%s.%d", path, (int)getpid()) : NULL;
    int fd = beside ? open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    json_t *kept = json_pack("{s:s, s:O}", "key", key, "list", list);
    if (fd >= 0) {
        char *text = json_dumps(kept, JSON_COMPACT |
                                          JSON_REAL_PRECISION(17)); /* json_dumpfd writes every comma */
        ssize_t length = text ? (ssize_t)strlen(text) : -1;
        bool written = text && write(fd, text, (size_t)length) == length;
        free(text);
        written = close(fd) == 0 && written;
        if (!written || rename(beside, path) < 0)
            unlink(beside);
    } else if (beside && errno == EEXIST) {
        unlink(beside); /* left by one of our process id that was killed; the next call will do */
    }
    json_decref(kept);
    free(beside);
    free(path);
}
