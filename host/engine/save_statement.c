/* save_statement.c: what venues say, into a checkpoint and back. */
#include <stdlib.h>
#include <string.h>

#include "engine/save.h"
#include "engine/statement.h"

/* A list of `count`, at most `max`, each of `size` bytes; read back it is made. `room`: the least that there is room for. */
static void *pass_list(struct save_cursor *cursor, void *list, uint32_t *count, uint32_t max, size_t size,
                       uint32_t room)
{
    *count = save_count(cursor, *count, max);
    if (!cursor->is_writing) {
        const uint32_t wanted = room > *count ? room : *count;
        list = *count && !cursor->is_bad ? calloc(wanted, size) : NULL;
        cursor->is_bad |= *count && !list;
    }
    if (*count && !cursor->is_bad)
        save_pass(cursor, list, *count * size);
    return list;
}

static void pass_account(struct account_statement *of, struct save_cursor *cursor)
{
    save_pass(cursor, &of->account, sizeof of->account);
    save_pass(cursor, of->states, sizeof of->states);
    of->balances = pass_list(cursor, of->balances, &of->balance_count, ENGINE_ASSETS_MAX, sizeof *of->balances, 0);
    of->balance_room = cursor->is_writing ? of->balance_room : of->balance_count;
}

static void pass_accounts(struct statement *statement, struct save_cursor *cursor)
{
    for (uint32_t id = 1; id <= ENGINE_ACCOUNTS_MAX && !cursor->is_bad; id++) {
        const uint32_t is_there = save_count(cursor, statement->accounts[id] != NULL, 1);
        if (is_there && !cursor->is_writing) {
            statement->accounts[id] = calloc(1, sizeof *statement->accounts[id]);
            cursor->is_bad |= !statement->accounts[id];
        }
        struct account_statement *of = statement->accounts[id];
        if (is_there && of && !cursor->is_bad)
            pass_account(of, cursor);
    }
}

/* The part of a ring that is in use, as it lies. */
static void *pass_ring(struct save_cursor *cursor, void *ring, uint64_t *ever, uint32_t max, size_t size)
{
    save_pass(cursor, ever, sizeof *ever);
    uint32_t count = *ever < max ? (uint32_t)*ever : max;
    const uint32_t stands = count;
    ring = pass_list(cursor, ring, &count, max, size, max);
    cursor->is_bad |= count != stands;
    return ring;
}

static void pass_figures(struct statement *statement, struct save_cursor *cursor)
{
    const uint32_t room = save_count(cursor, statement->figure_room, ENGINE_INSTRUMENTS_MAX);
    if (!cursor->is_writing && room) {
        statement->figures = calloc(room, sizeof *statement->figures);
        statement->figure_room = statement->figures ? room : 0;
        cursor->is_bad |= !statement->figures;
    }
    for (uint32_t i = 0; i < room && !cursor->is_bad; i++) {
        const uint32_t is_there = save_count(cursor, statement->figures[i] != NULL, 1);
        if (is_there && !cursor->is_writing) {
            statement->figures[i] = calloc(1, sizeof *statement->figures[i]);
            cursor->is_bad |= !statement->figures[i];
        }
        if (is_there && !cursor->is_bad)
            save_pass(cursor, statement->figures[i], sizeof *statement->figures[i]);
    }
}

void save_statement(struct statement *statement, struct save_cursor *cursor)
{
    if (!cursor->is_writing)
        statement_release(statement);
    pass_accounts(statement, cursor);
    statement->positions = pass_list(cursor, statement->positions, &statement->position_count,
                                     ENGINE_SHOWN_POSITIONS_MAX, sizeof *statement->positions, 0);
    if (!cursor->is_writing)
        statement->position_room = statement->position_count;
    statement->entries =
        pass_ring(cursor, statement->entries, &statement->entry_count, ENGINE_LEDGER_KEPT, sizeof *statement->entries);
    statement->seen =
        pass_ring(cursor, statement->seen, &statement->seen_count, ENGINE_LEDGER_SEEN, sizeof *statement->seen);
    save_pass(cursor, &statement->forgotten_ns, sizeof statement->forgotten_ns);
    pass_figures(statement, cursor);
    save_pass(cursor, &statement->outside, sizeof statement->outside);
    cursor->is_bad |= statement->outside.waiting_count > STATEMENT_WAITING_MAX;
}
