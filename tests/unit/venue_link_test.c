/* venue_link_test.c: what a connector says comes in by the inbox, at its time and in its order; requests go out; what a restart and a
 * replay make of it. The connector is a codec for lines, its exchange a transcript. */
#include "session/links.h"
#include "support/venue_link_kit.h"

/* ---- reading ---- */

static void the_first_line_says_when_it_begins(void **state)
{
    (void)state;
    static const struct {
        const char *script, *says;
    } wrong[] = {
        {"transcript 2\nlines < trade 1\n", "its first line behind `transcript 2` does not say when it begins, such as "
                                            "@ 2026-01-05T14:30:00Z"},
        {"transcript 2\n@ +5s\n", "its first line behind `transcript 2` does not say when it begins, such as "
                                  "@ 2026-01-05T14:30:00Z"},
        {"", "line 1: found \"the end\"; expected `transcript 2` as the first line"},
        {"@ 2026-01-05T14:30:00Z\n< trade 1\n",
         "line 1: found \"@ 2026-01-05T14:30:00Z\"; expected `transcript 2` as the first line"},
        {"transcript 2\n@ noon\n", "line 2: found \"noon\"; expected a time such as 2026-01-05T14:30:00Z, or +250ms"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char line[300];
        struct place *place = place_new(NULL);
        assert_int_equal(read_script(place, wrong[i].script, strlen(wrong[i].script)), OC_E_DATA);
        snprintf(line, sizeof line, "%s: %s", place->file, wrong[i].says);
        assert_string_equal(said(&place->error), line);
        assert_null(settings_get(&place->settings, "venue.test.starts"));
        place_free(place);
    }
    static const char *const right[] = {"transcript 2\n@ 2026-01-05T14:30:00Z",
                                        "transcript 2\n@   2026-01-05T14:30:00Z\nlines < trade 1\n",
                                        "# a day\n\ntranscript 2\n# of trades\n@ 2026-01-05T14:30:00Z\n"};
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct place *place = place_new(NULL);
        place->settings.error.rc = OC_E_CONFIG; /* of something before */
        place->error.rc = OC_E_CONFIG;
        assert_int_equal(read_script(place, right[i], strlen(right[i])), OC_OK);
        assert_false(error_is_set(&place->error));
        assert_string_equal(settings_get(&place->settings, "venue.test.starts")->value, "2026-01-05T14:30:00Z");
        assert_string_equal(settings_get(&place->settings, "venue.test.starts")->origin, "the transcript");
        place_free(place);
    }
    struct place *place = place_new(NULL);
    assert_int_equal(read_script(place, "transcript 2\n@ 2026-01-05T14:30:00Z\nlines < a\0b\n", 48), OC_E_DATA);
    assert_non_null(strstr(said(&place->error), ": it holds a byte of value 0"));
    place_free(place);
    place = place_new(NULL);
    assert_int_equal(settings_set(&place->settings, "venue.test.transcript", "/no/such", "test"), OC_OK);
    assert_true(venue_link_read(place->link, &place->error) < 0);
    assert_non_null(strstr(said(&place->error), "/no/such: "));
    place_free(place);
}

static void what_it_cannot_be_opened_with_is_said(void **state)
{
    (void)state;
    struct place *place = place_new(NULL);
    assert_int_equal(open_link(place), OC_E_STATE); /* no transcript */
    assert_non_null(strstr(said(&place->error), "there is no connector, or no transcript"));
    assert_int_equal(read_script(place, "transcript 2\n@ 2026-01-05T14:30:00Z\n", 36), OC_OK);
    place->parts.count = 0;
    assert_int_equal(open_link(place), OC_E_STATE);
    assert_non_null(strstr(said(&place->error), "there is no connector, or no transcript"));
    place_free(place);

    place = place_new(NULL);
    assert_int_equal(read_script(place, "transcript 2\n@ 2026-01-05T14:30:00Z\n", 36), OC_OK);
    place->registry.count = 0;
    assert_int_equal(open_link(place), OC_E_NOT_FOUND);
    assert_non_null(strstr(said(&place->error), "org.example.lines"));
    place_free(place);

    place = place_new(NULL);
    assert_int_equal(read_script(place, "transcript 2\n@ 2026-01-05T14:30:00Z\n", 36), OC_OK);
    codec.start = OC_E_IO;
    assert_int_equal(open_link(place), OC_E_IO);
    assert_non_null(strstr(said(&place->error), "venue.test: its connector did not start"));
    place_free(place);
    assert_int_equal(codec.closed, 1);

    /* no account is of this venue */
    place = place_new(NULL);
    assert_int_equal(read_script(place, "transcript 2\n@ 2026-01-05T14:30:00Z\n", 36), OC_OK);
    strcpy(place->link->name, "other");
    assert_true(open_link(place) < 0);
    assert_non_null(strstr(said(&place->error), "venue: it could not be opened"));
    place_free(place);

    place = place_new("/no/such/folder");
    assert_true(open_link(place) < 0);
    assert_non_null(strstr(said(&place->error), "venue: it could not be opened"));
    place_free(place);
    venue_link_free(NULL);
}

static void it_is_told_of_the_end(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000\n");
    assert_ptr_equal(place->link->plugin.settings, &place->settings); /* what it is given beside feed and net */
    assert_ptr_equal(place->link->plugin.now_ns, &place->now_ns);
    assert_int_equal(place->link->plugin.seed, 1);
    assert_false(error_is_set(&place->error));
    assert_string_equal(place->error.what, "");
    comes(place, 1, "10000@0/0 ");
    assert_int_equal(codec.subscribed, 1);
    struct oc_sim_terms terms = {0};
    assert_int_equal(place->venues.list[0].table->terms(place->link, place->f->account, &terms), OC_OK);
    assert_int_equal(terms.bits, OC_SIM_FUNDS);
    place->now_ns = BEGIN_NS + 9 * S;
    codec.quiesce = OC_E_AGAIN;
    place_free(place);
    assert_int_equal(codec.quiesced, 1);
    assert_int_equal(codec.closed, 1);
    assert_true(codec.deadline_ns == BEGIN_NS + 9 * S);
    assert_int_equal(logged_lines("org.example.lines was not idle at the end"), 1);

    place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\n");
    venue_link_close(place->link);
    place_free(place); /* closed twice is closed once */
    assert_int_equal(codec.quiesced, 1);
    assert_int_equal(logged_lines("not idle"), 0);
}

/* ---- what it says ---- */

/* At the venue's time, or where it says none, or an earlier one, at the clock of the transcript. */
static void events_come_at_their_time(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\n"
                                   "lines < trade 10000\n"
                                   "lines < trade 10001 3\n"
                                   "lines < trade 10002 2\n" /* the venue's own time goes back */
                                   "@ 2026-01-05T14:30:08Z\n"
                                   "lines < trade 10003\n"
                                   "lines < money 5\n"
                                   "lines < trade 10004 7\n");
    comes(place, 4, "10000@0/0 10001@3/3 10002@3/2 - ");
    assert_true(venue_link_stalled(place->link, &place->error) > 0);
    comes(place, 5, "10003@8/8 m@8 10004@8/7 . . ");
    assert_int_equal(place->border.refused, 0);
    assert_int_equal(place->link->venue.unread, 0);
    place_free(place);
}

/* Nothing is taken ahead of its time: what stands behind a later line of time is not known before. */
static void nothing_is_known_before_its_time(void **state)
{
    (void)state;
    struct place *place =
        place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000\n@ +9s\nlines < trade 10001\n");
    comes(place, 2, "10000@0/0 - ");
    assert_false(place->link->has_head);
    assert_int_equal(sim_answers_schedule(&place->venues.list[0].answers, BEGIN_NS + 3 * S), OC_OK);
    comes(place, 2, "- "); /* the call that was wished for at 3 goes first: there is nothing to it */
    assert_true(venue_link_stalled(place->link, &place->error) > 0);
    comes(place, 2, "10001@9/9 . ");
    place_free(place);
}

/* Answers of the script go one at a time to the venue's list: the market behind them waits. */
static void answers_keep_their_place(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\n"
                                   "lines < trade 10000\n"
                                   "lines < ack 1\n"
                                   "lines < fill 1 10 9900 t1\n"
                                   "lines < trade 10001\n");
    comes(place, 6, "10000@0/0 a@0 f@0 10001@0/0 . . ");
    place_free(place);
}

static void what_cannot_be_is_refused_and_the_rest_goes_on(void **state)
{
    (void)state;
    char script[4096] = "transcript 2\n@ 2026-01-05T14:30:00Z\nlines < stranger 10000\nlines < odd\n";
    for (int i = 0; i < BORDER_SAID_MAX + 3; i++)
        strcat(script, i == BORDER_SAID_MAX + 1 ? "lines < trade 10005 5\n" : "lines < mumble\n");
    strcat(script, "lines < trade 10007 6\n");
    struct place *place = place_of(script);
    comes(place, 3, "10005@5/5 10007@6/6 . ");
    assert_int_equal(place->border.refused, 1);
    assert_int_equal(logged_lines("connector org.example.lines: an event"), 1);
    assert_int_equal(place->link->venue.unread, BORDER_SAID_MAX + 3); /* D10: another account's is not even taken */
    assert_int_equal(place->link->venue.faults, 1);
    assert_true(logged_lines("org.example.lines could not use a message") > 0);
    place_free(place);
}

/* Too much of what cannot be ends the run. */
static void refused_without_end_is_the_end(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < odd\nlines < trade 10001\n");
    place->border.refused = BORDER_REFUSED_MAX - 1;
    comes(place, 1, "damaged or contradictory data ");
    place_free(place);
}

/* The words of a venue pass whole, up to what an answer holds. */
static void long_words_pass_whole(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < words 1 700\nlines < words 1 8\n");
    for (int i = 0; i < 2; i++) {
        struct {
            struct oc_ev_venue_answer said;
            char text[SIM_ANSWERS_LONG_MAX];
        } taken;
        struct input input;
        assert_int_equal(inbox_peek(place->inbox, &input), OC_OK);
        assert_int_equal(input.kind, INPUT_ANSWER);
        assert_int_equal(venues_take(&place->venues, input.at_ns, &taken, sizeof taken), OC_OK);
        assert_int_equal(taken.said.answer.head.size, sizeof taken.said + (i == 0 ? 704 : 8));
        assert_int_equal(taken.said.text_size, i == 0 ? 700 : 8);
        assert_int_equal(((const char *)&taken)[taken.said.tail], 'w');
        assert_true(event_is_sound(&taken.said.answer.head));
    }
    place_free(place);
}

/* ---- what it is asked ---- */

/* What the venue answers to a request comes before the event that was taken ahead; a market event among it waits behind that. */
static void an_answer_comes_before_what_was_taken_ahead(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\n"
                                   "? lines > new $id $qty\n"
                                   "! lines < ack $id\n"
                                   "! lines < trade 10050\n"
                                   "! lines < mumble\n"
                                   "! lines < fill $id $qty 9900 t$#\n"
                                   "lines < trade 10000\n"
                                   "lines < trade 10001 4\n");
    const uint64_t order = submit(place);
    comes(place, 1, "10000@0/0 ");
    assert_int_equal(send_new(place, order), OC_OK);
    comes(place, 6, "a@0 a@0 f@0 10001@4/4 10050@4/4 . "); /* it left, it was acknowledged, and so on */
    assert_int_equal(place->link->venue.unread, 1);
    place_free(place);
}

/* What the connector does not send is refused by us, at once. */
static void what_is_not_sent_is_refused(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000\n");
    const struct oc_request asked = {.head = {.size = sizeof asked, .type = OC_EV_REQUEST},
                                     .kind = OC_REQUEST_AMEND,
                                     .account = place->f->account,
                                     .order = 5,
                                     .id = 6};
    assert_int_equal(venues_request(&place->venues, BEGIN_NS, &asked), OC_OK);
    struct oc_ev_answer answer;
    assert_int_equal(venues_take(&place->venues, BEGIN_NS, &answer, sizeof answer), OC_OK);
    assert_int_equal(answer.head.type, OC_EV_AMEND_REJECTED);
    assert_int_equal(answer.definitive, 1);
    assert_string_equal(answer.reason, "NOT_SUPPORTED_BY_VENUE");
    comes(place, 1, "10000@0/0 ");
    place_free(place);
}

/* Another process has set the latch, and the session has not come to it: what could add risk is refused here by an answer that will be
 * recorded, what reduces and cancels leaves. */
static void what_adds_risk_does_not_leave_while_a_kill_is_asked(void **state)
{
    (void)state;
    static const uint8_t kinds[] = {OC_REQUEST_NEW, OC_REQUEST_AMEND, OC_REQUEST_NEW, OC_REQUEST_NEW};
    struct latch_page page = {.asked = {1, 0, 0}};
    struct latch latch = {&page};
    struct links links = {.loop = (struct net_loop *)(void *)&page,
                          .latch = &latch}; /* not looked into without a link of it */
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\n? lines > new $id $qty\n! lines < ack $id\n");
    place->link->world.links = &links;
    for (uint32_t i = 0; i < 4; i++) {
        const bool reduces = i == 2, is_over = i == 3;
        const struct oc_request asked = {.head = {.size = sizeof asked, .type = OC_EV_REQUEST, .inst = place->f->inst},
                                         .kind = kinds[i],
                                         .account = place->f->account,
                                         .bits = OC_RQ_HAS_QTY | (reduces ? (uint32_t)OC_RQ_REDUCE_ONLY : 0),
                                         .order = 50 + i,
                                         .id = 60 + i,
                                         .qty = 10};
        struct oc_ev_answer answer = {.definitive = 0};
        if (is_over)
            page.taken[0] = 1;
        assert_int_equal(venues_request(&place->venues, BEGIN_NS, &asked), OC_OK);
        const oc_rc rc = venues_take(&place->venues, BEGIN_NS, &answer, sizeof answer);
        const bool is_held = rc == OC_OK && strcmp(answer.reason, "KILLED") == 0;
        assert_int_equal(is_held, !reduces && !is_over);
        assert_true(!is_held || answer.definitive == 1);
    }
    place->link->world.links = NULL;
    place_free(place);
}

static void what_the_script_does_not_expect_is_a_difference(void **state)
{
    (void)state;
    struct place *place =
        place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000\nlines > new 7 $qty\nlines < ack 7\n");
    assert_false(venue_link_differs(place->link, &place->error));
    comes(place, 2, "10000@0/0 - ");
    assert_int_equal(venue_link_stalled(place->link, &place->error), OC_E_STATE);
    assert_non_null(strstr(said(&place->error), ": line 4: the venue waits for what was not sent: new 7 $qty"));
    assert_non_null(strstr(said(&place->error), place->file));
    place->link->has_console = true; /* somebody may still send it */
    assert_int_equal(venue_link_stalled(place->link, &place->error), OC_OK);
    assert_int_equal(send_new(place, 8), OC_OK);
    assert_true(venue_link_differs(place->link, &place->error));
    assert_non_null(strstr(said(&place->error), ": line 4: sent \"new 8 10\", expected \"new 7 $qty\""));
    assert_non_null(strstr(said(&place->error), place->file));
    comes(place, 2, "a@0 not allowed now "); /* it left */
    place_free(place);
}

/* Time stands while it waits for what is to be sent; without such a line nobody is waited for. */
static void time_stands_while_it_waits(void **state)
{
    (void)state;
    struct place *place = place_of("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000 2\nlines > new $id "
                                   "$qty\n@ 2026-01-05T14:30:09Z\nlines < ack $id\n");
    comes(place, 2, "10000@2/2 - ");
    assert_int_equal(sim_answers_schedule(&place->venues.list[0].answers, BEGIN_NS + 3 * S), OC_OK);
    comes(place, 1, "- "); /* not before the clock of the peer is there */
    assert_int_equal(send_new(place, submit(place)), OC_OK);
    comes(place, 3, "a@2 - ");
    assert_true(venue_link_stalled(place->link, &place->error) > 0);
    comes(place, 3, "a@9 . . "); /* and the call that was wished for */
    assert_int_equal(venue_link_stalled(place->link, &place->error), OC_OK);
    place_free(place);
}

/* ---- a restart ---- */

/* The next event of another link that says the same. */
static void records_are_what_it_says_next(void **state)
{
    (void)state;
    static const char script[] =
        "transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000 1\nlines < trade 10001 2\nlines < trade 10002 3\n";
    struct place *place = place_of(script);
    struct oc_ev_trade recorded = {.head = {.size = sizeof recorded,
                                            .type = OC_EV_TRADE,
                                            .seq = 12,
                                            .source = place->f->account,
                                            .inst = place->f->inst,
                                            .venue_ns = 4,
                                            .local_ns = BEGIN_NS + S},
                                   .price = 10000,
                                   .qty = 1,
                                   .present = OC_HAS_QTY};
    assert_int_equal(venue_link_expect(place->link, &recorded.head, &place->error), OC_OK);
    assert_false(place->link->has_head);
    venue_link_expect_ahead(place->link, BEGIN_NS + S);
    assert_true(place->link->has_head);
    comes(place, 1, "10001@2/2 ");
    recorded.price = 10002;
    assert_int_equal(venue_link_expect(place->link, &recorded.head, &place->error), OC_OK);
    assert_int_equal(venue_link_expect(place->link, &recorded.head, &place->error), OC_E_DATA); /* it says no more */
    place_free(place);
    for (int i = 0; i < 5; i++) {
        struct oc_ev_trade wrong = recorded;
        place = place_of(script);
        wrong.head.size -= i == 0 ? 8 : 0;
        wrong.head.type = i == 1 ? OC_EV_QUOTE : OC_EV_TRADE;
        wrong.head.inst += i == 2;
        wrong.head.source += i == 3;
        wrong.price = 10000 + (i == 4);
        assert_int_equal(venue_link_expect(place->link, &wrong.head, &place->error), OC_E_DATA);
        assert_non_null(strstr(said(&place->error),
                               "it does not say what record 12 of the session holds: it is another "
                               "transcript, or another connector reads it"));
        assert_non_null(strstr(said(&place->error), "line 4: "));
        assert_non_null(strstr(said(&place->error), place->file));
        assert_non_null(strstr(said(&place->error), "go on with the files that the session began with"));
        place_free(place);
    }
}

static struct door *door_of(const char *dir)
{
    const struct door_config config = {.dir = dir, .header = "build = 1\n", .header_size = 10};
    struct door *door = NULL;
    assert_int_equal(door_open(&config, &door), OC_OK);
    return door;
}

/* A connector keeps nothing: what is saved is how far the records go. */
static void how_far_the_records_go_is_saved(void **state)
{
    (void)state;
    char saved[64];
    struct place *place = place_at("transcript 2\n@ 2026-01-05T14:30:00Z\nlines < trade 10000\n", door_of(NULL));
    const struct oc_sim *of_link = place->venues.list[0].table;
    assert_int_equal(of_link->save(place->link, saved, sizeof saved), 8);
    assert_int_equal(of_link->save(place->link, saved, 8), 8);
    assert_int_equal(of_link->save(place->link, saved, 7), OC_E_LIMIT);
    assert_int_equal(of_link->load(place->link, saved, 7), OC_E_DATA);
    assert_int_equal(of_link->load(place->link, saved, 9), OC_E_DATA);
    venue_link_close(place->link);
    assert_int_equal(of_link->save(place->link, saved, sizeof saved), OC_E_NOT_SUPPORTED);
    assert_int_equal(of_link->load(place->link, saved, 8), OC_E_DATA);
    place_free(place);
}

/* ---- a replay ---- */

static void keep_market(struct door *door, const struct fixture *f, int64_t price, int64_t at_ns)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade,
                                         .type = OC_EV_TRADE,
                                         .source = f->account,
                                         .inst = f->inst,
                                         .flags = OC_EVF_LAST | OC_EVF_REPLAYED,
                                         .venue_ns = at_ns,
                                         .local_ns = at_ns},
                                .price = price,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(door_market(door, &trade.head, true), OC_OK);
}

static void keep(struct door *door, const struct fixture *f, uint16_t type, uint32_t size, int64_t at_ns)
{
    union {
        struct oc_event head;
        struct oc_ev_text text;
        char bytes[1024];
    } event = {.head = {.size = size,
                        .type = type,
                        .source = f->account,
                        .flags = OC_EVF_LAST | OC_EVF_REPLAYED,
                        .venue_ns = at_ns,
                        .local_ns = at_ns}};
    assert_true(size <= sizeof event);
    if (type == OC_EV_MARK)
        event.text.code = OC_MARK_START;
    assert_int_equal(door_record(door, &event.head), OC_OK);
}

/* Records: opening cash, start, a trade, a request, its answer, a command, two trades, a balance. */
static struct place *replayed(void)
{
    env_sim_start(&(struct env_sim_config){.seed = 7, .start_ns = 1});
    struct place *place = place_new("/session");
    struct door *door = door_of("/session");
    keep(door, place->f, OC_EV_BALANCE, sizeof(struct oc_ev_balance), BEGIN_NS);
    keep(door, place->f, OC_EV_MARK, sizeof(struct oc_ev_text), BEGIN_NS);
    keep_market(door, place->f, 10000, BEGIN_NS + S); /* 3 */
    keep(door, place->f, OC_EV_REQUEST, sizeof(struct oc_request), BEGIN_NS + S);
    keep(door, place->f, OC_EV_ACCEPTED, sizeof(struct oc_ev_answer), BEGIN_NS + 2 * S); /* 5 */
    keep(door, place->f, OC_EV_COMMAND, sizeof(struct oc_ev_text), BEGIN_NS + 2 * S);
    keep_market(door, place->f, 10001, BEGIN_NS + 3 * S);                                /* 7 */
    keep(door, place->f, OC_EV_BALANCE, sizeof(struct oc_ev_balance), BEGIN_NS + 4 * S); /* 8 */
    assert_int_equal(door_close(door), OC_OK);
    place->door = door_of("/again");
    assert_int_equal(open_link(place), OC_OK);
    assert_int_equal(show_instrument(place), OC_OK);
    assert_int_equal(codec.opened + codec.subscribed, 0); /* nobody is called */
    return place;
}

static void has_numbers(struct place *place, uint64_t seq)
{
    while (door_seq(place->door) < seq)
        keep(place->door, place->f, OC_EV_COMMAND, sizeof(struct oc_ev_text), BEGIN_NS);
}

static void replayed_free(struct place *place)
{
    place_free(place);
    env_sim_stop();
}

/* Each event comes when its number is the next one; what is ours does not come by the link. */
static void records_play_it_by_their_numbers(void **state)
{
    (void)state;
    struct place *place = replayed();
    const struct oc_request asked = {.kind = OC_REQUEST_NEW, .account = place->f->account, .order = 1, .id = 1};
    comes(place, 1, "- ");
    has_numbers(place, 1);
    comes(place, 1, "- ");
    has_numbers(place, 2);
    comes(place, 2, "10000@1/1 - ");
    assert_int_equal(venues_request(&place->venues, BEGIN_NS + S, &asked), OC_OK); /* its answer is recorded */
    assert_int_equal(place->venues.list[0].answers.count, 0);
    has_numbers(place, 4);
    comes(place, 2, "a@2 - ");
    has_numbers(place, 7); /* beyond 7: it comes all the same */
    comes(place, 3, "10001@3/3 m@4 . ");
    replayed_free(place);
}

/* Where the replay differs and nothing else is due, what was recorded comes, one at a time. */
static void records_give_way(void **state)
{
    (void)state;
    struct place *place = replayed();
    comes(place, 1, "- ");
    for (int i = 0; i < 4; i++) {
        static const char *const expected[] = {"10000@1/1 - ", "a@2 - ", "10001@3/3 - ", "m@4 . "};
        assert_true(venue_link_stalled(place->link, &place->error) > 0);
        comes(place, 2, expected[i]);
    }
    assert_false(venue_link_differs(place->link, &place->error));
    replayed_free(place);
}

/* Answers and timers go on up to the next record of the link. */
static void time_goes_to_the_next_record(void **state)
{
    (void)state;
    struct place *place = replayed();
    struct sim_answers *answers = &place->venues.list[0].answers;
    const struct oc_ev_answer own = {.head = {.size = sizeof own,
                                              .type = OC_EV_ACCEPTED,
                                              .source = place->f->account,
                                              .flags = OC_EVF_LAST | OC_EVF_REPLAYED}};
    comes(place, 1, "- ");
    assert_int_equal(sim_answers_emit(answers, BEGIN_NS + 5 * S, &own.head), OC_OK);
    comes(place, 2, "a@5 - "); /* what is under way comes at its time: nothing is looked for before */
    replayed_free(place);
}

/* What is set of a venue and its connector cannot do is refused before it is opened, whichever it is. */
static void what_the_connector_cannot_do_is_refused(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"deadman", "10s", "venue.test.deadman: found '10s', expected nothing: this venue has no dead man's switch"},
        {"deadman", "10", "venue.test.deadman"},
        {"fetch_fills", "maybe", "venue.test.fetch_fills"},
        {"cancel_all", "maybe", "venue.test.cancel_all"},
        {NULL, NULL, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct place *place = place_new(NULL);
        char key[64];
        snprintf(key, sizeof key, "venue.test.%s", rows[i][0] ? rows[i][0] : "name");
        assert_int_equal(settings_set(&place->settings, key, rows[i][1] ? rows[i][1] : "test", "test"), OC_OK);
        const oc_rc rc = venue_link_describe(place->link, &place->registry, &place->parts, 0, &place->error);
        assert_int_equal(rc, rows[i][0] ? OC_E_CONFIG : OC_OK);
        assert_non_null(strstr(rc < 0 ? said(&place->error) : "", rows[i][2]));
        assert_int_equal(venue_link_describe(place->link, &place->registry, &place->parts, 1, &place->error), OC_OK);
        place_free(place);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_says_when_it_begins),
        cmocka_unit_test(what_it_cannot_be_opened_with_is_said),
        cmocka_unit_test(it_is_told_of_the_end),
        cmocka_unit_test(events_come_at_their_time),
        cmocka_unit_test(nothing_is_known_before_its_time),
        cmocka_unit_test(answers_keep_their_place),
        cmocka_unit_test(what_cannot_be_is_refused_and_the_rest_goes_on),
        cmocka_unit_test(refused_without_end_is_the_end),
        cmocka_unit_test(long_words_pass_whole),
        cmocka_unit_test(an_answer_comes_before_what_was_taken_ahead),
        cmocka_unit_test(what_is_not_sent_is_refused),
        cmocka_unit_test(what_adds_risk_does_not_leave_while_a_kill_is_asked),
        cmocka_unit_test(what_the_script_does_not_expect_is_a_difference),
        cmocka_unit_test(time_stands_while_it_waits),
        cmocka_unit_test(records_are_what_it_says_next),
        cmocka_unit_test(how_far_the_records_go_is_saved),
        cmocka_unit_test(records_play_it_by_their_numbers),
        cmocka_unit_test(records_give_way),
        cmocka_unit_test(time_goes_to_the_next_record),
        cmocka_unit_test(what_the_connector_cannot_do_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
