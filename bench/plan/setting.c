/* Takes --set apart. */
#include "plan/setting.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int setting_parse(struct setting *setting, const char *text, struct bench_error *err)
{
    setting->text = mem_text(text);
    char *equals = strchr(setting->text, '=');
    if (!equals || equals == setting->text)
        return bench_error_set(
            err, -EINVAL, "--set: '%s' must be NAME=VALUE or MODULE.NAME=VALUE, such as radius=4", text);
    *equals = '\0';
    char *dot = strrchr(setting->text, '.');
    if (dot)
        *dot = '\0';
    setting->module = dot ? setting->text : NULL;
    setting->name = dot ? dot + 1 : setting->text;
    setting->values = text_split(equals + 1);
    if (!setting->values)
        memory_exhausted();
    return 0;
}

int settings_parse(struct settings *settings, const char *const *texts, size_t count,
                   struct bench_error *err)
{
    *settings = (struct settings){.list = mem_zero(count, sizeof *settings->list), .count = count};
    for (size_t i = 0; i < count; i++) {
        int rc = setting_parse(&settings->list[i], texts[i], err);
        if (rc < 0)
            return rc;
    }
    return 0;
}

void settings_free(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        free(settings->list[i].text);
        free(settings->list[i].values);
    }
    free(settings->list);
    *settings = (struct settings){0};
}

bool setting_names(const struct setting *setting, const struct module_info *module)
{
    if (!setting->module || strcmp(setting->module, module->name) == 0)
        return true;
    size_t length = module->runtime ? strlen(module->runtime) : 0;
    return length && strncmp(setting->module, module->runtime, length) == 0 &&
           setting->module[length] == '.' && strcmp(setting->module + length + 1, module->name) == 0;
}
