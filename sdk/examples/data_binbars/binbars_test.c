/* binbars_test.c: a file is read back as it was written; another one, and one that was cut, is refused with the place. The host
 * is played by two functions. */
#include "binbars.c"

static uint64_t room[64];
static int failed, count;

static oc_rc reserve(const struct oc_host *host, uint32_t size, struct oc_event **ret_event)
{
    (void)host;
    *ret_event = (struct oc_event *)(void *)room;
    return size <= sizeof room ? OC_OK : OC_E_FULL;
}

static oc_rc commit(const struct oc_host *host, struct oc_event *event)
{
    (void)host, (void)event;
    count++;
    return OC_OK;
}

static const void *service(const struct oc_host *host, const char *id)
{
    static const struct oc_svc_feed feed = {.size = sizeof feed, .reserve = reserve, .commit = commit};
    (void)host;
    return !strcmp(id, OC_SVC_FEED) ? (const void *)&feed : NULL;
}

static void expect(const char *what, int good)
{
    printf("%s %s\n", good ? "ok" : "FAILED", what);
    failed += !good;
}

static void write_number(FILE *file, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        fputc((int)(number >> 8 * i & 255), file);
}

/* Two bars of a minute, and `more` bytes. */
static void write_bars(const char *path, int more)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return;
    fputs("OCBARS1\n", file);
    write_number(file, 60, 4);
    write_number(file, 2, 4);
    write_number(file, 3, 4);
    write_number(file, 0, 4);
    fwrite("A/B\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 24, file);
    for (uint64_t time = 600; time <= 660; time += 60) {
        const uint64_t values[6] = {time, 100, 110, 90, 105, 7};
        for (int i = 0; i < 6; i++)
            write_number(file, values[i], 8);
    }
    write_number(file, 0, more);
    fclose(file);
}

int main(void)
{
    const struct oc_host host = {.size = sizeof host, .service = service};
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)room;
    struct oc_data_info info = {.size = sizeof info};
    char text[512];
    void *self;
    expect("it opens", open_reader(&host, &self) == OC_OK);
    write_bars("binbars_test.bin", 0);
    expect("the file is known", probe(self, "binbars_test.bin", "", &info) == OC_OK && strcmp(info.symbol, "A/B") == 0);
    expect("it starts", start(self, 1, "binbars_test.bin", "", 256, &info) == OC_OK);
    expect("both bars are there, and no more", pull(self, 1, 10) == 2 && count == 2 && pull(self, 1, 10) == OC_E_END);
    expect("a bar is what was written", bar->open_ns == 660 * NS_SECOND && bar->high == 110 && bar->volume == 7);
    stop(self, 1);
    expect("a part is skipped", start(self, 2, "binbars_test.bin", "", 256, &info) == OC_OK &&
                                    skip(self, 2, 1) == OC_OK && pull(self, 2, 10) == 1);
    stop(self, 2);
    write_bars("binbars_test.bin", 5);
    expect("a cut file is read so far",
           start(self, 3, "binbars_test.bin", "", 256, &info) == OC_OK && pull(self, 3, 10) == 2);
    expect("and its end is refused", pull(self, 3, 10) == OC_E_DATA);
    expect("with the place", error(self, 3, text, sizeof text) == OC_OK && strstr(text, "offset 149"));
    expect("another file is not ours",
           probe(self, "CMakeCache.txt", "", &info) == OC_E_DATA || probe(self, "binbars_test.c", "", &info) < 0);
    close_reader(self);
    remove("binbars_test.bin");
    return failed != 0;
}
