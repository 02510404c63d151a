/* binbars_test.c: a file is read back as it was written; another one, and one that was cut, is refused with the place. On
 * the test kit's host. */
#include "binbars.c"

#include <outcry/kit/test.h>

static struct kit_test t;

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
    struct oc_data_info info = {.size = sizeof info};
    char text[512];
    void *self;
    kit_test_begin(&t, keys, NULL);
    kit_expect(&t, "it opens", plugin.open(&t.host, &self) == OC_OK);
    write_bars("binbars_test.bin", 0);
    kit_expect(&t, "the file is known",
               probe(self, "binbars_test.bin", "", &info) == OC_OK && strcmp(info.symbol, "A/B") == 0);
    kit_expect(&t, "it starts", start(self, 1, "binbars_test.bin", "", 256, &info) == OC_OK);
    kit_expect(&t, "both bars are there, and no more",
               pull(self, 1, 10) == 2 && t.event_count == 2 && pull(self, 1, 10) == OC_E_END);
    kit_expect(&t, "a bar is what was written",
               t.events[1].bar.open_ns == 660 * NS_SECOND && t.events[1].bar.high == 110 &&
                   t.events[1].bar.volume == 7);
    stop(self, 1);
    kit_expect(&t, "a part is skipped",
               start(self, 2, "binbars_test.bin", "", 256, &info) == OC_OK && skip(self, 2, 1) == OC_OK &&
                   pull(self, 2, 10) == 1);
    stop(self, 2);
    write_bars("binbars_test.bin", 5);
    kit_expect(&t, "a cut file is read so far",
               start(self, 3, "binbars_test.bin", "", 256, &info) == OC_OK && pull(self, 3, 10) == 2);
    kit_expect(&t, "and its end is refused", pull(self, 3, 10) == OC_E_DATA);
    kit_expect(&t, "with the place", error(self, 3, text, sizeof text) == OC_OK && strstr(text, "offset 149"));
    kit_expect(&t, "another file is not ours",
               probe(self, "CMakeCache.txt", "", &info) == OC_E_DATA || probe(self, "binbars_test.c", "", &info) < 0);
    plugin.close(self);
    remove("binbars_test.bin");
    return kit_test_end(&t);
}
