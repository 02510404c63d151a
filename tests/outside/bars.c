/* bars.c: COUNT SEED FILE CSV: the same walk of minute bars as a file for the reader of sdk/examples/data_binbars and as CSV. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void put(FILE *file, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        fputc((int)(number >> 8 * i & 255), file);
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return 2;
    uint64_t state = strtoull(argv[2], NULL, 10);
    int64_t count = atoll(argv[1]), price = 100000;
    FILE *bin = fopen(argv[3], "wb"), *csv = fopen(argv[4], "w");
    if (!bin || !csv)
        return 1;
    fputs("OCBARS1\n", bin);
    put(bin, 60, 4);
    put(bin, 2, 4);
    put(bin, 3, 4);
    put(bin, 0, 4);
    fwrite("BTC/USDT\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, 24, bin);
    fputs("timestamp,open,high,low,close,volume\n", csv);
    for (int64_t i = 0; i < count; i++) {
        int64_t draws[5];
        for (int k = 0; k < 5; k++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            draws[k] = (int64_t)(state >> 33);
        }
        int64_t open = price, close = open + draws[0] % 201 - 100, time = 1700000000 / 60 * 60 + 60 * i;
        close = close < 50000 ? 50000 : close;
        int64_t high = (open > close ? open : close) + draws[1] % 30,
                low = (open < close ? open : close) - draws[2] % 30;
        int64_t volume = 100000 + draws[3] % 900000;
        price = close;
        int64_t values[6] = {time, open, high, low, close, volume};
        for (int k = 0; k < 6; k++)
            put(bin, (uint64_t)values[k], 8);
        fprintf(csv, "%" PRId64, time);
        for (int k = 1; k < 5; k++)
            fprintf(csv, ",%" PRId64 ".%02" PRId64, values[k] / 100, values[k] % 100);
        fprintf(csv, ",%" PRId64 ".%03" PRId64 "\n", volume / 1000, volume % 1000);
    }
    return fclose(bin) || fclose(csv);
}
