/* The recommended way in a few lines of Python. */
#include "report/advice_python.h"

#include "base/memory.h"
#include "base/text.h"
#include "records/param_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* {f} is the function, {m} its module, {w} how many workers, {i} how many in flight. */
static const struct {
    const char *executor, *lines;
} ways[] = {
    {"serial", "from {m} import {f}\n\nresults = [{f}(item) for item in items]"},
    {"threading", "from concurrent.futures import ThreadPoolExecutor\nfrom {m} import {f}\n\n"
                  "with ThreadPoolExecutor({w}) as pool:\n    results = list(pool.map({f}, items))"},
    {"multiprocessing",
     "from multiprocessing import Pool\nfrom {m} import {f}\n\nif __name__ == \"__main__\":\n"
     "    with Pool({w}) as pool:\n        results = pool.map({f}, items)"},
    {"asyncio",
     "import asyncio\nfrom {m} import {f}  # async def; else: await asyncio.to_thread({f}, item)\n\n"
     "async def all_of(items, slots=asyncio.Semaphore({i})):\n    async def one(item):\n"
     "        async with slots:\n            return await {f}(item)\n"
     "    return await asyncio.gather(*map(one, items))\n\nresults = asyncio.run(all_of(items))"},
    {"gevent", "from gevent import monkey; monkey.patch_all()\nfrom gevent.pool import Pool\nfrom {m} "
               "import {f}\n\n"
               "results = Pool({i}).map({f}, items)"},
    {"dask", "from distributed import Client\nfrom {m} import {f}\n\nif __name__ == \"__main__\":\n"
             "    client = Client(n_workers={w}, threads_per_worker=1)\n"
             "    results = client.gather(client.map({f}, items))"},
};

/* "scrape.py:fetch" among the parameters: its file without folder and ending, and its name. */
static bool find_function(const char *params, char **module, char **name)
{
    struct param_text param;
    while (param_text_next(&params, &param)) {
        if (!param_text_is(&param, "function"))
            continue;
        char *value = mem_text_part(param.value, param.value_length);
        char *colon = strrchr(value, ':'),
             *slash = colon ? memrchr(value, '/', (size_t)(colon - value)) : NULL;
        const char *file = slash ? slash + 1 : value;
        size_t length = colon ? (size_t)(colon - file) : 0;
        if (length > 3 && strncmp(colon - 3, ".py", 3) == 0)
            length -= 3;
        *module = mem_text_part(file, length);
        *name = mem_text(colon ? colon + 1 : "");
        free(value);
        return length > 0;
    }
    return false;
}

static char *fill_in(const char *lines, const char *function, const char *module,
                     const struct advice_way *way)
{
    struct text text = {0};
    for (; *lines; lines++) {
        if (strncmp(lines, "{f}", 3) == 0)
            text_add(&text, "%s", function);
        else if (strncmp(lines, "{m}", 3) == 0)
            text_add(&text, "%s", module);
        else if (strncmp(lines, "{w}", 3) == 0)
            text_add(&text, "%" PRId64, way->workers);
        else if (strncmp(lines, "{i}", 3) == 0)
            text_add(&text, "%" PRId64, way->workers * way->inflight);
        else {
            text_add(&text, "%c", *lines);
            continue;
        }
        lines += 2;
    }
    return text.text;
}

char *advice_python(const struct advice *advice)
{
    const struct advice_way *way =
        advice->recommended == SIZE_MAX ? NULL : &advice->ways[advice->recommended];
    char *module = NULL, *name = NULL, *lines = NULL;
    if (!way || strcmp(advice->workload, "python") != 0 ||
        !find_function(advice->params, &module, &name))
        way = NULL;
    for (size_t i = 0; way && !lines && i < sizeof ways / sizeof *ways; i++) {
        if (strcmp(ways[i].executor, way->executor) == 0)
            lines = fill_in(ways[i].lines, name, module, way);
    }
    free(module);
    free(name);
    return lines;
}
