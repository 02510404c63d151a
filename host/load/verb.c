#include "load/verb.h"

#include "load/file.h"

#include <stdlib.h>
#include <string.h>

enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };
enum { TEXT_MAX = 1 << 20 };

static const char usage[] =
    "usage: outcry plugin list [FOLDER...]        what is there, and who uses it; read without running it\n"
    "       outcry plugin info FILE|ID...         everything a file says about itself\n"
    "       outcry plugin check FILE...           all faults at once, then run it in a child\n"
    "       outcry plugin try FILE SCRIPT         what it does when it is asked what the script says\n"
    "       outcry plugin new KIND NAME [FOLDER]  a building, tested skeleton: risk, risk-state, connector, sim, "
    "data\n";

struct run { /* one run of a verb */
    const struct plugin_verb_env *env;
    struct text out;
    struct text err;
    struct load_report *report;
    struct registry *registry;
    const char *wanted; /* info: an id */
    uint32_t count;
    bool is_refused;
};

static oc_rc list_one(void *context, const char *path)
{
    struct run *run = context;
    run->count++;
    if (load_inspect(path, run->report) < 0) {
        load_print_faults(&run->err, run->report);
        run->is_refused = true;
        return OC_OK;
    }
    load_print_row(&run->out, run->report);
    return OC_OK;
}

static void list_folder(struct run *run, const char *path, bool is_named)
{
    oc_rc rc = load_folder_each(path, list_one, run);
    if (rc == OC_E_NOT_FOUND && !is_named)
        return; /* a default folder may be absent */
    if (rc < 0) {
        text_format(&run->err, "%s: %s\n", path,
                    rc == OC_E_NOT_FOUND ? "no such folder"
                    : rc == OC_E_LIMIT   ? "more than 256 plugin files"
                                         : "cannot be read");
        run->is_refused = true;
    }
}

static int verb_list(struct run *run, int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++)
        list_folder(run, argv[i], true);
    for (uint32_t i = 0; argc == 1 && run->env->folders && run->env->folders[i]; i++)
        list_folder(run, run->env->folders[i], false);
    if (run->count == 0 && !run->is_refused)
        text_put(&run->out, "no plugin files (*.so) found\n");
    return run->is_refused ? EXIT_REFUSED : EXIT_GOOD;
}

static oc_rc info_one(void *context, const char *path)
{
    struct run *run = context;
    (void)load_inspect(path, run->report);
    for (uint32_t i = 0; i < run->report->plugin_count; i++)
        if (strcmp(run->report->plugins[i].id, run->wanted) == 0) {
            run->count++;
            load_print_info(&run->out, run->report);
            load_print_faults(&run->err, run->report);
        }
    return OC_OK;
}

static void info_file(struct run *run, const char *path)
{
    oc_rc rc = load_inspect(path, run->report);
    load_print_info(&run->out, run->report);
    load_print_faults(&run->err, run->report);
    run->is_refused = run->is_refused || rc < 0;
}

static int verb_info(struct run *run, int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        size_t size = strlen(argv[i]);
        if (strchr(argv[i], '/') || (size > 3 && strcmp(argv[i] + size - 3, ".so") == 0)) {
            info_file(run, argv[i]);
            continue;
        }
        run->wanted = argv[i];
        run->count = 0;
        for (uint32_t k = 0; run->env->folders && run->env->folders[k]; k++)
            (void)load_folder_each(run->env->folders[k], info_one, run);
        if (run->count == 0) {
            text_format(&run->err, "%s: no plugin of this id in the plugin folders\n", argv[i]);
            run->is_refused = true;
        }
    }
    return run->is_refused ? EXIT_REFUSED : EXIT_GOOD;
}

static int verb_check(struct run *run, int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        oc_rc rc = load_plugin(run->registry, argv[i], NULL, run->report);
        load_print_faults(&run->err, run->report);
        run->is_refused = run->is_refused || rc < 0;
        if (rc == OC_OK)
            text_format(&run->out, "%s: good: %u plugin%s\n", argv[i], run->report->plugin_count,
                        run->report->plugin_count > 1 ? "s" : "");
        for (uint32_t k = 0; k < run->report->note_count; k++)
            text_format(&run->out, "%s: note: %s\n", argv[i], run->report->notes[k]);
    }
    return run->is_refused ? EXIT_REFUSED : EXIT_GOOD;
}

static int verb_new(struct run *run, int argc, const char *const *argv)
{
    const char *parent = argc > 3 ? argv[3] : "", *kind = argv[1], *name = argv[2];
    oc_rc rc = skeleton_write(parent, kind, name);
    if (rc == OC_OK) {
        text_format(&run->out,
                    "made %s%s%s: read README.md there, then\n"
                    "  cmake -S %s%s%s -B %s%s%s/build && cmake --build %s%s%s/build\n"
                    "  ctest --test-dir %s%s%s/build --output-on-failure\n",
                    parent, parent[0] ? "/" : "", name, parent, parent[0] ? "/" : "", name, parent,
                    parent[0] ? "/" : "", name, parent, parent[0] ? "/" : "", name, parent, parent[0] ? "/" : "", name);
        return EXIT_GOOD;
    }
    if (rc == OC_E_NOT_SUPPORTED)
        text_format(&run->err,
                    "plugin new: kind \"%s\" has no skeleton; expected risk, risk-state (a rule that remembers), "
                    "connector, sim or data\n",
                    kind);
    else if (rc == OC_E_INVALID)
        text_format(&run->err,
                    "plugin new: name \"%s\"; expected 2 to 32 of a-z 0-9 _, a letter first, no double underscore\n",
                    name);
    else if (rc == OC_E_EXISTS)
        text_format(&run->err, "plugin new: \"%s\" is already there; nothing was changed\n", name);
    else
        text_format(&run->err,
                    "plugin new: \"%s\" cannot be written; is the folder there, and "
                    "yours?\n",
                    name);
    return rc == OC_E_NOT_SUPPORTED || rc == OC_E_INVALID ? EXIT_USAGE : EXIT_REFUSED;
}

static int run_verb(struct run *run, int argc, const char *const *argv)
{
    if (argc >= 1 && strcmp(argv[0], "list") == 0)
        return verb_list(run, argc, argv);
    if (argc >= 2 && strcmp(argv[0], "info") == 0)
        return verb_info(run, argc, argv);
    if (argc >= 2 && strcmp(argv[0], "check") == 0)
        return verb_check(run, argc, argv);
    if ((argc == 3 || argc == 4) && strcmp(argv[0], "new") == 0)
        return verb_new(run, argc, argv);
    const bool is_asked = argc == 1 && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0);
    text_put(is_asked ? &run->out : &run->err, usage);
    return is_asked ? EXIT_GOOD : EXIT_USAGE;
}

int plugin_verb(int argc, const char *const *argv, const struct plugin_verb_env *env)
{
    struct run run = {.env = env};
    int code = EXIT_REFUSED;
    run.report = calloc(1, sizeof *run.report);
    run.registry = calloc(1, sizeof *run.registry);
    text_init_grow(&run.out, TEXT_MAX);
    text_init_grow(&run.err, TEXT_MAX);
    if (run.report && run.registry)
        code = run_verb(&run, argc, argv);
    else
        text_put(&run.err, "plugin: no memory\n");
    if (run.out.size)
        env->out(env->context, run.out.data);
    if (run.err.size)
        env->err(env->context, run.err.data);
    text_release(&run.out);
    text_release(&run.err);
    free(run.report);
    free(run.registry);
    return code;
}
