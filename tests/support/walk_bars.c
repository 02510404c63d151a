/* walk_bars.c: minutes of a driftless random walk as a CSV file on the output: `walk_bars SEED BARS [SECONDS]`. A step is one tick of 0.01, a bar
 * has 3,600 of them, so its sigma is 60 ticks; nothing that is known before a bar says anything about it. SECONDS: the same walk in
 * bars of so many seconds, of the 60. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { SECONDS = 60, STEPS_A_SECOND = 60 };

static uint64_t next(uint64_t *state) /* splitmix64 */
{
    uint64_t word = *state += 0x9e3779b97f4a7c15u;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return word ^ (word >> 31);
}

static void put(long long price) { printf(",%lld.%02lld", price / 100, price % 100); }

int main(int argc, char **argv)
{
    const long length = argc == 4 ? strtol(argv[3], NULL, 10) : SECONDS;
    if (argc < 3 || length < 1)
        return 2;
    uint64_t state = strtoull(argv[1], NULL, 10) * 0x2545f4914f6cdd1du + 1;
    const long bars = strtol(argv[2], NULL, 10) * SECONDS / length;
    long long price = 100000;
    puts("timestamp,open,high,low,close,volume");
    for (long bar = 0; bar < bars; bar++) {
        const long long open = price;
        long long high = price, low = price;
        for (long second = 0; second < length; second++) {
            uint64_t word = next(&state);
            for (int i = 0; i < STEPS_A_SECOND; i++, word >>= 1) {
                price += word & 1 ? 1 : -1;
                high = price > high ? price : high;
                low = price < low ? price : low;
            }
        }
        printf("%ld", 1704067200 + length * bar);
        put(open);
        put(high);
        put(low);
        put(price);
        puts(",1000000");
    }
    return 0;
}
