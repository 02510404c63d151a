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
            client_id_make(&forms[form], 0, order, revision, &id);
            if (!order) {
                assert_int_equal(id.size, 0);
                continue;
            }
            assert_true(id.size > 0 && id.size <= 36);
            assert_true(client_id_order(&forms[form], 0, &id) == order);
            client_id_make(&forms[form], 0, order, (revision + 1) % most, &other);
            assert_memory_not_equal(&id, &other, sizeof id);
            id.text[random_next(&seed) % id.size] = '!'; /* a stranger's */
            assert_true(client_id_order(&forms[form], 0, &id) == 0);
        }
}

static void forms_are_those_of_the_description(void **state)
{
    (void)state;
    static const char *const made[] = {"oc000000400001a", "00000001-0000-4002-8000-0a0000000000", "4294967338"};
    struct oc_id id;
    for (size_t form = 0; form < 3; form++) {
        client_id_make(&forms[form], 0, 1ull << 32 | 42, 0, &id);
        assert_string_equal(id.text, made[form]);
    }
    client_id_make(&(struct oc_venue){.client_form = OC_CLIENT_NONE}, 0, 42, 0, &id);
    assert_int_equal(id.size, 0);
    client_id_make(&forms[2], 0, 1ull << 56, 0, &id); /* no room for its revisions */
    assert_int_equal(id.size, 0);
    client_id_make(&forms[2], 0, 42, 256, &id);
    assert_int_equal(id.size, 0);
    client_id_make(&forms[0], 0, 42, 1023, &id);
    assert_string_equal(id.text, "oc000000000001azz");
    client_id_make(&forms[0], 0, 42, 1024, &id); /* as many digits as it has */
    assert_string_equal(id.text, "oc000000000001a100");
    const struct oc_venue narrow = {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 17};
    client_id_make(&narrow, 0, 42, 1023, &id);
    assert_int_equal(id.size, 17);
    client_id_make(&narrow, 0, 42, 1024, &id);
    assert_int_equal(id.size, 0);
    assert_true(client_id_order(&forms[0], 0, &(struct oc_id){.size = 0}) == 0);
    assert_true(client_id_order(&forms[0], 0, &(struct oc_id){.size = 3, .text = "oc1"}) == 0);
    assert_true(client_id_order(&forms[2], 0, &(struct oc_id){.size = 3, .text = "042"}) == 0); /* not as it is made */
}

/* Two sessions at one account: neither takes an order of the other for its own. */
static void a_session_knows_its_own_alone(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int i = 0; i < 20000; i++)
        for (size_t form = 0; form < 2; form++) {
            uint8_t session[16] = {0};
            struct oc_id id, other, plain;
            for (int k = 0; k < 3; k++)
                session[k] = i % 3 ? (uint8_t)random_next(&seed) : 0;
            const uint32_t tag = client_id_tag(session), revision = i % 2 ? (uint32_t)random_next(&seed) : 0;
            const uint32_t theirs = tag ^ (form ? 1u << i % 11 : 1u << i % 19);
            const uint64_t order = (random_next(&seed) >> 20) + 1;
            assert_true(tag > 0 && tag >> CLIENT_TAG_BITS == 0);
            client_id_make(&forms[form], tag, order, revision, &id);
            client_id_make(&forms[form], theirs, order, revision, &other);
            client_id_make(&forms[form], 0, order, revision, &plain);
            assert_true(id.size > 0 && id.size <= 36);
            assert_true(client_id_order(&forms[form], tag, &id) == order);
            assert_true(client_id_order(&forms[form], theirs, &id) != order);
            assert_true(client_id_order(&forms[form], 0, &id) != order);
            assert_true(client_id_order(&forms[form], tag, &plain) != order);
            assert_memory_not_equal(&id, &other, sizeof id);
        }
}

static void a_tag_has_its_place(void **state)
{
    (void)state;
    const struct oc_venue narrow = {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 20};
    const struct oc_venue enough = {.client_form = OC_CLIENT_TEXT, .client_charset = OC_CLIENT_ALNUM, .client_max = 21};
    struct oc_id id;
    client_id_make(&forms[0], 0xfffff, 42, 0, &id);
    assert_string_equal(id.text, "oczzzz000000000001a");
    client_id_make(&enough, 0xfffff, 42, 1, &id);
    assert_string_equal(id.text, "oczzzz000000000001a01");
    client_id_make(&narrow, 0xfffff, 42, 1, &id); /* no room: as without one */
    assert_string_equal(id.text, "oc000000000001a01");
    client_id_make(&forms[1], 0xfffff, 42, 0, &id);
    assert_string_equal(id.text, "00000000-0000-4002-8fff-0a0000000000");
    client_id_make(&forms[2], 0xfffff, 42, 0, &id);
    assert_string_equal(id.text, "42");
    assert_int_equal(client_id_tag((const uint8_t[16]){0, 0, 0, 9}), 1);
    assert_int_equal(client_id_tag((const uint8_t[16]){0, 0x10}), 0x1001);
    assert_int_equal(client_id_tag((const uint8_t[16]){5, 0, 0xff}), 0xf0005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_id_is_read_back),
        cmocka_unit_test(a_session_knows_its_own_alone),
        cmocka_unit_test(a_tag_has_its_place),
        cmocka_unit_test(forms_are_those_of_the_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
