/* io_client_id_test.c: a client's id is read back for every form, is another for each order and revision, and a stranger's is none. */
#include "io/client_id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/random.h"

static const struct oc_venue forms[] = {
    {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 36},
    {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_UUID, .client_max = 36},
    {.client_form = OC_CLIENT_NUMBER, .client_max = 64},
};

static void every_id_is_read_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 20000; i++)
        for (size_t form = 0; form < 3; form++) {
            struct oc_id id, other;
            const uint64_t order = random_next(&seed) >> (8 + i % 40);
            const uint32_t most = form == 2 ? 256 : UINT32_MAX,
                           revision = (uint32_t)random_next(&seed) % (i % 2 ? most : 1);
            client_id_make(&forms[form], order, revision, &id);
            if (!order) {
                assert_int_equal(id.size, 0);
                continue;
            }
            assert_true(id.size > 0 && id.size <= 36);
            assert_true(client_id_order(&forms[form], &id) == order);
            client_id_make(&forms[form], order, (revision + 1) % most, &other);
            assert_memory_not_equal(&id, &other, sizeof id);
            id.text[random_next(&seed) % id.size] = '!'; /* a stranger's */
            assert_true(client_id_order(&forms[form], &id) == 0);
        }
}

static void forms_are_those_of_the_description(void **state)
{
    (void)state;
    static const char *const made[] = {"oc000000400001a", "00000001-0000-4002-8000-0a0000000000", "4294967338"};
    struct oc_id id;
    for (size_t form = 0; form < 3; form++) {
        client_id_make(&forms[form], 1ull << 32 | 42, 0, &id);
        assert_string_equal(id.text, made[form]);
    }
    client_id_make(&(struct oc_venue){.client_form = OC_CLIENT_NONE}, 42, 0, &id);
    assert_int_equal(id.size, 0);
    client_id_make(&forms[2], 1ull << 56, 0, &id); /* no room for its revisions */
    assert_int_equal(id.size, 0);
    client_id_make(&forms[2], 42, 256, &id);
    assert_int_equal(id.size, 0);
    client_id_make(&forms[0], 42, 1023, &id);
    assert_string_equal(id.text, "oc000000000001azz");
    client_id_make(&forms[0], 42, 1024, &id); /* as many digits as it has */
    assert_string_equal(id.text, "oc000000000001a100");
    const struct oc_venue narrow = {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 17};
    client_id_make(&narrow, 42, 1023, &id);
    assert_int_equal(id.size, 17);
    client_id_make(&narrow, 42, 1024, &id);
    assert_int_equal(id.size, 0);
    assert_true(client_id_order(&forms[0], &(struct oc_id){.size = 0}) == 0);
    assert_true(client_id_order(&forms[0], &(struct oc_id){.size = 3, .text = "oc1"}) == 0);
    assert_true(client_id_order(&forms[2], &(struct oc_id){.size = 3, .text = "042"}) == 0); /* not as it is made */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_read_back),
        cmocka_unit_test(forms_are_those_of_the_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
