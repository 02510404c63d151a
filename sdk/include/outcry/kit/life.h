/* life.h: the life of a connector whose venue is asked by REST with signed queries, and tells what becomes of orders on a stream behind a key that
 * it lends: its markets and limits come first, then the key of each account; its clock, its counts, and when it is closed. No ABI promise.
 *
 *   struct mine { struct kit_codec kit; struct kit_life life; };
 *   static const struct kit_life_of how = {.venue = &venue, .signing = &signing, .lent = &lent, .questions = questions, ...};
 *   KIT_LIFE(struct mine, how)
 *   static const struct oc_connector table = {.start = kit_on_start, .account = kit_on_account, .fetch = kit_on_fetch,
 *                                             .stream = kit_on_stream, .timer = kit_on_timer, ...};
 *
 * Invariants
 * - Accounts are asked about only while their stream is heard and the markets are known: nothing trades before.
 * - Markets are asked for again by a timer, whatever becomes of an answer.
 * - oc_http.user[0] of what it asks for itself is the kind of the question; of keys, what struct kit_lent says. All [io]. */
#ifndef OUTCRY_KIT_LIFE_H
#define OUTCRY_KIT_LIFE_H

#include <outcry/kit/account.h>
#include <outcry/kit/ask.h>
#include <outcry/kit/refusal.h>
#include <outcry/kit/signed.h>

enum { KIT_PATH_ROOM = 1152 };

struct kit_life { /* of an instance */
    struct kit_accounts accounts;
    uint64_t timer;     /* when markets are asked for */
    uint32_t has_info;  /* markets and limits are known */
    uint32_t is_closed; /* maintenance was said, and no end of it */
};

struct kit_life_of { /* how the venue does it; static */
    const struct oc_venue *venue;
    const struct kit_signing *signing;
    const struct kit_lent *lent;
    const struct kit_question *questions;
    const char *const *bars; /* names of its bars */
    const struct kit_refusal_row *refusals;
    const char *code, *words;      /* members of a refusal */
    const struct kit_word *counts; /* headers with its own counts, and the limits that they are of */
    const char *time;              /* the member of its answer about the clock, in milliseconds */
    const char *gone;              /* said to a person where it lends no keys any more (HTTP 410) */
    /* An answer about markets. Then kit_life_knows; else it is asked again. */
    oc_rc (*info)(void *self, const struct oc_response *in);
    int64_t info_ns, again_ns; /* how often markets are asked for, and how soon where they did not come */
    int64_t closed;            /* number of the refusal that says maintenance */
    uint32_t question_count, refusal_count, count_count;
    uint32_t algorithm; /* OC_SIGN_... */
    uint16_t secret;    /* the field that signs */
    uint16_t weight;    /* the limit that each call costs the weight of its question of */
    uint16_t calls;     /* the limit that it costs one of */
    uint16_t zero;
};

/* What a refusal means, by the venue's table. NULL: it is none. */
static inline const struct kit_refusal_row *kit_life_refusal(const struct kit_life_of *of, struct kit_json json,
                                                             int64_t *ret_code, struct kit_json_text *ret_words)
{
    return kit_refusal_read(json, of->code, of->words, of->refusals, of->refusal_count, ret_code, ret_words);
}

/* ---- asked ---- */

/* `who` NULL: of the public. `about`: user[0]. */
static inline oc_rc kit_life_ask(const struct kit_codec *codec, const struct kit_life_of *of,
                                 const struct kit_account *who, const struct oc_fetch *ask, uint64_t about)
{
    const struct kit_question *question = kit_question_of(of->questions, of->question_count, ask);
    struct oc_cost costs[2];
    struct oc_http http;
    char path[KIT_PATH_ROOM];
    if (!question)
        return OC_E_NOT_SUPPORTED;
    struct kit_write query = kit_query_begin(path, sizeof path, question->path);
    const oc_rc rc = kit_ask_write(codec, question, ask, kit_bar_name(of->venue, of->bars, ask->period_ns), &query);
    if (rc < 0)
        return rc;
    memset(costs, 0, sizeof costs);
    memset(&http, 0, sizeof http);
    costs[0].limit = of->weight;
    costs[0].weight = question->weight;
    costs[1].limit = of->calls;
    costs[1].weight = 1;
    http.flags = OC_HTTP_SAFE;
    http.lane = (uint8_t)ask->lane;
    http.token = ask->token;
    http.costs = costs;
    http.cost_count = 2;
    http.user[0] = about;
    return who ? kit_send_signed(codec, of->signing, who->account, who->signer, &http, path, &query)
               : kit_send_plain(codec, of->signing, &http, path, &query);
}

/* A question of the host. OC_E_AGAIN: what would be heard of it is not heard yet, or of markets that nobody knows. */
static inline oc_rc kit_life_fetch(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life,
                                   const struct oc_fetch *ask)
{
    const struct kit_question *question = kit_question_of(of->questions, of->question_count, ask);
    const struct kit_account *who = kit_account_of(&life->accounts, ask->account);
    if (!question)
        return OC_E_NOT_SUPPORTED;
    if (!(question->flags & KIT_ASK_SIGNED))
        return kit_life_ask(codec, of, NULL, ask, 0);
    if (!who)
        return OC_E_INVALID;
    return who->is_heard && life->has_info ? kit_life_ask(codec, of, who, ask, 0) : (oc_rc)OC_E_AGAIN;
}

/* A question of its own, to the public. */
static inline oc_rc kit_life_ask_plain(const struct kit_codec *codec, const struct kit_life_of *of, uint32_t kind)
{
    struct oc_fetch ask;
    memset(&ask, 0, sizeof ask);
    ask.size = sizeof ask;
    ask.kind = kind;
    ask.lane = OC_LANE_RECONCILE;
    const oc_rc rc = kit_life_ask(codec, of, NULL, &ask, kind);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc; /* it is asked for again by a timer, of this or of the host */
}

static inline oc_rc kit_life_ask_info(const struct kit_codec *codec, const struct kit_life_of *of,
                                      struct kit_life *life)
{
    const oc_rc rc = kit_life_ask_plain(codec, of, OC_FETCH_INSTRUMENTS);
    return rc < 0 ? rc : kit_timer_in(codec, of->again_ns, 0, &life->timer);
}

/* Markets are known: accounts may log in, and in info_ns they are asked for again. */
static inline oc_rc kit_life_knows(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life)
{
    oc_rc rc = OC_OK;
    for (int i = 0; i < KIT_ACCOUNTS_MAX && rc >= 0 && !life->has_info; i++)
        if (life->accounts.of[i].account)
            rc = kit_lent_ask(codec, of->lent, &life->accounts.of[i]);
    if (rc >= 0)
        rc = kit_timer_move(codec, of->info_ns, 0, &life->timer);
    if (rc >= 0)
        life->has_info = 1;
    return rc;
}

/* ---- answered ---- */

/* The venue's own counts, and until when it is closed; 403 is its firewall: whoever goes on is shut out. An answer that is another refusal says
 * neither that it is closed nor that it is open. */
static inline oc_rc kit_life_note(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life,
                                  const struct oc_response *in)
{
    const int is_told = in->status == 429 || in->status == 418;
    struct kit_json_text words;
    int64_t code = 0;
    memset(&words, 0, sizeof words);
    kit_note_used(codec, in, of->counts, of->count_count);
    kit_note_shut(codec, in, of->weight, is_told ? kit_header_number(in, "retry-after: ") : in->status == 403 ? 60 : 0);
    if (in->status >= 400)
        (void)kit_life_refusal(of, kit_json_begin(in->body, in->body_size), &code, &words);
    const int is_closed = code < 0 && code == of->closed;
    return in->status >= 400 && !is_closed
               ? (oc_rc)OC_OK
               : kit_note_closed(codec, &life->accounts, (uint32_t)is_closed, words, &life->is_closed);
}

/* A time, which is asked for by whoever asks. */
static inline oc_rc kit_life_time(const struct kit_codec *codec, const struct kit_life_of *of,
                                  const struct oc_response *in)
{
    return kit_take_time(codec, in, of->time);
}

static inline oc_rc kit_life_key(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_account *who,
                                 const struct oc_response *in)
{
    struct kit_json_text words = kit_text_of((const char *)in->body, in->body_size < 200 ? in->body_size : 200);
    int64_t code;
    const struct kit_refusal_row *refusal =
        kit_life_refusal(of, kit_json_begin(in->body, in->body_size), &code, &words);
    uint32_t why = refusal ? refusal->why : (uint32_t)OC_WHY_OTHER;
    if (in->status == 410)
        words = kit_text_of(of->gone, strlen(of->gone));
    if (in->status == 410 || why == OC_WHY_NOT_SUPPORTED)
        why = in->status == 410 ? OC_WHY_NOT_SUPPORTED : OC_WHY_OTHER;
    return kit_lent_answer(codec, of->lent, who, in, why, words);
}

/* Any answer. *ret_is_its_own: it was, and is dealt with. */
static inline oc_rc kit_life_response(const struct kit_codec *codec, const struct kit_life_of *of,
                                      struct kit_life *life, void *self, const struct oc_response *in,
                                      int *ret_is_its_own)
{
    struct kit_account *who = kit_account_of(&life->accounts, in->account);
    const uint64_t about = in->asked ? 0 : in->user[0];
    const int is_key = about && (about == of->lent->ask || about == of->lent->keep);
    const oc_rc rc = kit_life_note(codec, of, life, in);
    *ret_is_its_own = is_key || about == OC_FETCH_INSTRUMENTS || about == OC_FETCH_TIME;
    if (rc < 0 || !*ret_is_its_own)
        return rc;
    if (is_key)
        return who ? kit_life_key(codec, of, who, in) : (oc_rc)OC_OK;
    if (in->status != 200)
        return OC_OK; /* asked again by a timer; the host asks for the time too */
    return about == OC_FETCH_TIME ? kit_life_time(codec, of, in) : of->info(self, in);
}

/* ---- what the host tells ---- */

static inline oc_rc kit_life_timer(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life,
                                   uint64_t timer, uint64_t user)
{
    struct kit_account *who = kit_account_of(&life->accounts, (uint32_t)user);
    if (!user)
        return kit_life_ask_info(codec, of, life);
    return who && who->timer == timer ? kit_lent_timer(codec, of->lent, who) : (oc_rc)OC_OK;
}

/* Its key is asked for where the markets are known; else with the answer about them. */
static inline oc_rc kit_life_account(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life,
                                     const struct oc_account *is)
{
    struct kit_account made, *at;
    oc_rc rc = kit_account_take(codec, &life->accounts, is, of->secret, of->algorithm, &made, &at);
    if (rc < 0 || !at)
        return rc;
    if (life->has_info)
        rc = kit_lent_ask(codec, of->lent, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

static inline oc_rc kit_life_stream(const struct kit_codec *codec, const struct kit_life_of *of, struct kit_life *life,
                                    const struct oc_stream *stream)
{
    struct kit_account *who = kit_account_of(&life->accounts, stream->account);
    if (!stream->account)
        return stream->state == OC_STREAM_UP ? codec->net->ready(codec->host, stream->stream) : (oc_rc)OC_OK;
    return who ? kit_lent_stream(codec, of->lent, who, stream) : (oc_rc)OC_OK;
}

/* Calls for the table of a connector of TYPE, which has its struct kit_codec `kit` and its struct kit_life `life`. */
#define KIT_LIFE(TYPE, OF)                                                                                             \
    static oc_rc kit_on_start(void *self, const struct oc_start *start)                                                \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        (void)start;                                                                                                   \
        return kit_life_ask_info(&is->kit, &(OF), &is->life);                                                          \
    }                                                                                                                  \
    static oc_rc kit_on_account(void *self, const struct oc_account *account)                                          \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_life_account(&is->kit, &(OF), &is->life, account);                                                  \
    }                                                                                                                  \
    static oc_rc kit_on_fetch(void *self, const struct oc_fetch *ask)                                                  \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_life_fetch(&is->kit, &(OF), &is->life, ask);                                                        \
    }                                                                                                                  \
    static oc_rc kit_on_stream(void *self, const struct oc_stream *stream)                                             \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_life_stream(&is->kit, &(OF), &is->life, stream);                                                    \
    }                                                                                                                  \
    static oc_rc kit_on_timer(void *self, uint64_t timer, uint64_t user)                                               \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_life_timer(&is->kit, &(OF), &is->life, timer, user);                                                \
    }

#endif
