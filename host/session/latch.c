#include "session/latch.h"

#include <string.h>

#include "base/env.h"
#include "base/text.h"

_Static_assert(sizeof(struct latch_page) <= LATCH_PAGE, "it is one page");

static const char magic[16] = "outcry-latch 1\n";

/* It says what it is, or is new: the power may go while some of those bytes are on the disk, and the others are zero. */
static bool is_ours(const char said[sizeof magic])
{
    for (size_t i = 0; i < sizeof magic; i++)
        if (said[i] && said[i] != magic[i])
            return false;
    return true;
}

oc_rc latch_open(struct latch *latch, const char *dir)
{
    char path[ENV_PATH_MAX];
    int fd = -1;
    int64_t size = 0;
    void *data = NULL;
    oc_rc rc = env_path(path, dir, LATCH_FILE);
    if (rc == OC_OK)
        rc = env_open(path, ENV_READ | ENV_WRITE | ENV_CREATE, &fd);
    if (rc < 0)
        return rc;
    rc = env_file_size(fd, &size);
    if (rc == OC_OK && size < LATCH_PAGE)
        rc = env_preallocate(fd, LATCH_PAGE);
    if (rc == OC_OK)
        rc = env_map(fd, LATCH_PAGE, true, &data);
    env_close(fd);
    if (rc < 0 || !data)
        return rc < 0 ? rc : (oc_rc)OC_E_IO;
    latch->page = data;
    if (!is_ours(latch->page->magic)) {
        latch_close(latch);
        return OC_E_DATA;
    }
    memcpy(latch->page->magic, magic, sizeof magic); /* the same bytes, whoever is first */
    return OC_OK;
}

void latch_close(struct latch *latch)
{
    if (latch->page)
        env_unmap(latch->page, LATCH_PAGE);
    latch->page = NULL;
}

oc_rc latch_ask(struct latch *latch, enum latch_what what, const char *by, int64_t now_ns)
{
    struct latch_page *page = latch->page;
    page->at_ns = now_ns;
    text_copy(page->by, sizeof page->by, by);
    atomic_fetch_add_explicit(&page->asked[what], 1, memory_order_release);
    return env_map_sync(page, LATCH_PAGE);
}

enum latch_what latch_look(const struct latch *latch, char *ret_by, struct latch_asks *ret_asks)
{
    const struct latch_page *page = latch->page;
    enum latch_what what = LATCH_ENTRIES;
    for (int i = 0; i < LATCH_KINDS; i++) {
        ret_asks->of[i] = atomic_load_explicit(&page->asked[i], memory_order_acquire);
        if (ret_asks->of[i] != atomic_load(&page->taken[i]))
            what = (enum latch_what)i;
    }
    memcpy(ret_by, page->by, LATCH_BY_MAX);
    ret_by[LATCH_BY_MAX - 1] = 0;
    for (char *at = ret_by; *at; at++) /* it stands in a command of fields */
        if ((unsigned char)*at <= ' ' || *at == '\\' || (unsigned char)*at > '~')
            *at = '_';
    return what;
}

void latch_take(struct latch *latch, const struct latch_asks *asks)
{
    for (int i = 0; i < LATCH_KINDS; i++)
        atomic_store_explicit(&latch->page->taken[i], asks->of[i], memory_order_release);
}

const char *latch_name(enum latch_what what)
{
    return what == LATCH_FLATTEN ? "flatten" : what == LATCH_ALL ? "all" : "entries";
}
