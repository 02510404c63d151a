/* account.h: the accounts of an instance of a connector, and private streams behind a key that the venue lends for a while (a listen
 * key): asked for, opened with, kept alive, made anew. No ABI promise.
 *
 * Invariants
 * - A lent key is a secret: the host cuts it out of what is written, and it is set in when the bytes leave.
 * - A stream is ready only when the venue has said its key again after it came up: behind an old one nobody says anything, and nobody
 *   would notice. Whenever it came up, fell or was refused, the key is asked for.
 * - Whatever becomes of a question, a timer asks again: after again_ns, and up to eight times that.
 * - What is kept here is set behind the last step that can fail. All [io]. */
#ifndef OUTCRY_KIT_ACCOUNT_H
#define OUTCRY_KIT_ACCOUNT_H

#include <outcry/kit/query.h>

enum { KIT_ACCOUNTS_MAX = 16, KIT_LENT_MAX = 128 };

struct kit_account {
    uint32_t account; /* 0: this place is free */
    uint32_t source;
    uint32_t signer;   /* handle of the host */
    uint32_t stream;   /* 0: none yet */
    uint64_t timer;    /* the next look at the lent key */
    uint32_t is_up;    /* the stream */
    uint32_t is_heard; /* it is up, by a key that holds */
    uint32_t tries;
    uint32_t zero;
    char lent[KIT_LENT_MAX]; /* as it was said last; "": none */
};

struct kit_accounts {
    struct kit_account of[KIT_ACCOUNTS_MAX];
};

static inline struct kit_account *kit_account_of(struct kit_accounts *accounts, uint32_t account)
{
    for (int i = 0; i < KIT_ACCOUNTS_MAX && account; i++)
        if (accounts->of[i].account == account)
            return &accounts->of[i];
    return NULL;
}

/* What the host says of an account. *ret_at NULL: that was all. Else *ret_made is to be begun, and stored at *ret_at when it was.
 * `field` and `algorithm`: its signer. OC_E_LIMIT: one account too many. */
static inline oc_rc kit_account_take(const struct kit_codec *codec, struct kit_accounts *accounts,
                                     const struct oc_account *is, uint16_t field, uint32_t algorithm,
                                     struct kit_account *ret_made, struct kit_account **ret_at)
{
    struct kit_account *at = kit_account_of(accounts, is->account), made;
    for (int i = 0; !at && i < KIT_ACCOUNTS_MAX; i++)
        at = accounts->of[i].account ? NULL : &accounts->of[i];
    *ret_at = NULL;
    if (!at)
        return OC_E_LIMIT;
    memset(&made, 0, sizeof made);
    if (is->state == OC_ACCOUNT_GONE) {
        *at = made;
        return OC_OK;
    }
    if (is->state == OC_ACCOUNT_ADDED && at->account) { /* said again: what is open stays open */
        at->source = is->source;
        return OC_OK;
    }
    made.account = is->account;
    made.source = is->source;
    made.stream = at->stream;
    made.timer = at->timer;
    const oc_rc rc = codec->sign->key(codec->host, is->account, field, algorithm, &made.signer);
    if (rc < 0)
        return rc;
    *ret_made = made;
    *ret_at = at;
    return OC_OK;
}

/* A state of the venue, said to every account. */
static inline oc_rc kit_say_accounts(const struct kit_codec *codec, const struct kit_accounts *accounts, uint32_t state,
                                     uint32_t why, struct kit_json_text words)
{
    oc_rc rc = OC_OK;
    for (int i = 0; i < KIT_ACCOUNTS_MAX && rc >= 0; i++)
        if (accounts->of[i].account)
            rc = kit_say_venue(codec, accounts->of[i].source, state, why, words);
    return rc;
}

/* timer(user) in so long. */
static inline oc_rc kit_timer_in(const struct kit_codec *codec, int64_t ns, uint64_t user, uint64_t *ret_timer)
{
    return codec->time->timer(codec->host, codec->time->mono_ns(codec->host) + ns, user, ret_timer);
}

/* The same in place of one that is set: *timer, 0 none. */
static inline oc_rc kit_timer_move(const struct kit_codec *codec, int64_t ns, uint64_t user, uint64_t *timer)
{
    uint64_t made;
    if (*timer)
        (void)codec->time->cancel(codec->host, *timer);
    const oc_rc rc = kit_timer_in(codec, ns, user, &made);
    if (rc >= 0)
        *timer = made;
    return rc;
}

/* Maintenance is said to every account when it is met, and its end with the first answer that is none of it. *is_closed: what was said last. */
static inline oc_rc kit_note_closed(const struct kit_codec *codec, const struct kit_accounts *accounts,
                                    uint32_t is_closed_now, struct kit_json_text words, uint32_t *is_closed)
{
    if (is_closed_now == *is_closed)
        return OC_OK;
    const oc_rc rc = kit_say_accounts(codec, accounts, is_closed_now ? OC_VENUE_MAINTENANCE : OC_VENUE_READY,
                                      is_closed_now ? OC_WHY_MAINTENANCE : OC_WHY_NONE, words);
    if (rc >= 0)
        *is_closed = is_closed_now;
    return rc;
}

/* What the venue says that a limit of the description is by now, of every account that it counts by itself. */
static inline void kit_limit_said(const struct kit_codec *codec, const struct kit_accounts *accounts,
                                  const struct oc_venue *venue, uint32_t place, uint64_t most, int64_t period_ns)
{
    if (venue->limits[place].scope != OC_SCOPE_ACCOUNT)
        (void)codec->limit->max(codec->host, 0, place, most, period_ns);
    else
        for (int i = 0; i < KIT_ACCOUNTS_MAX; i++)
            if (accounts->of[i].account)
                (void)codec->limit->max(codec->host, accounts->of[i].account, place, most, period_ns);
}

/* ---- keys that are lent ---- */

struct kit_lent {       /* how the venue does it; static */
    const char *path;   /* POST makes a key or says the one that there is; PUT with `query` and the key keeps it */
    const char *query;  /* "?listenKey=" */
    const char *member; /* of the answer */
    const struct oc_http *http; /* endpoint, headers with their splices, costs, lane */
    const struct oc_open *open; /* the stream; its path ends where the key stands */
    uint64_t ask, keep;         /* oc_http.user[0] of the two questions */
    int64_t keep_ns, again_ns;
};

static inline oc_rc kit_lent_look(const struct kit_codec *codec, struct kit_account *who, int64_t ns)
{
    return kit_timer_move(codec, ns, who->account, &who->timer);
}

static inline int64_t kit_lent_wait(const struct kit_lent *lent, const struct kit_account *who)
{
    return lent->again_ns << (who->tries < 3 ? who->tries : 3);
}

static inline oc_rc kit_lent_http(const struct kit_codec *codec, const struct kit_lent *lent,
                                  const struct kit_account *who, uint64_t about)
{
    char path[128 + 3 * KIT_LENT_MAX];
    struct oc_http http = *lent->http;
    struct kit_write out = kit_write_begin(path, sizeof path);
    uint64_t exchange;
    kit_write_text(&out, lent->path);
    if (about == lent->keep) {
        kit_write_text(&out, lent->query);
        kit_write_query(&out, who->lent, strlen(who->lent));
    }
    const oc_rc size = kit_write_end(&out);
    if (size < 0)
        return size;
    http.method = about == lent->keep ? OC_METHOD_PUT : OC_METHOD_POST;
    http.flags |= OC_HTTP_SAFE; /* the same key, held from now on */
    http.account = who->account;
    http.path = path;
    http.path_size = (uint32_t)size;
    http.user[0] = about;
    return codec->net->http(codec->host, &http, &exchange);
}

/* The key is asked for: made, or said again and held. */
static inline oc_rc kit_lent_ask(const struct kit_codec *codec, const struct kit_lent *lent, struct kit_account *who)
{
    const oc_rc rc = kit_lent_http(codec, lent, who, lent->ask);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    who->is_heard = 0;
    return kit_lent_look(codec, who, rc == OC_E_AGAIN ? 1000000000 : kit_lent_wait(lent, who));
}

/* A key that is another one opens another stream; the same makes the one that is up ready. */
static inline oc_rc kit_lent_take(const struct kit_codec *codec, const struct kit_lent *lent, struct kit_account *who,
                                  struct kit_json_text text)
{
    uint16_t field;
    uint32_t stream = who->stream;
    const int is_same = stream && kit_json_is(text, who->lent, strlen(who->lent)), is_heard = is_same && who->is_up;
    struct oc_open open = *lent->open;
    struct oc_splice key;
    oc_rc rc = OC_OK;
    if (text.is_escaped || text.size == 0 || text.size >= KIT_LENT_MAX)
        return OC_E_DATA;
    if (is_heard)
        rc = codec->net->ready(codec->host, stream);
    if (!is_same && stream && (rc = codec->net->close(codec->host, stream)) == OC_E_NOT_FOUND)
        rc = OC_OK;
    if (!is_same && rc >= 0)
        rc = codec->sign->keep(codec->host, who->account, lent->member, text.at, text.size, 0, OC_KEEP_FOR_SESSION,
                               &field);
    if (!is_same && rc >= 0) {
        memset(&key, 0, sizeof key);
        key.at = open.path_size;
        key.field = field;
        key.in = OC_IN_PATH;
        open.account = who->account;
        open.splices = &key;
        open.splice_count = 1;
        rc = codec->net->open(codec->host, &open, &stream);
    }
    if (rc >= 0)
        rc = kit_lent_look(codec, who, is_heard ? lent->keep_ns : lent->again_ns);
    if (rc < 0)
        return rc;
    memcpy(who->lent, text.at, text.size);
    who->lent[text.size] = 0;
    who->stream = stream;
    who->is_up = is_same ? who->is_up : 0;
    who->is_heard = (uint32_t)is_heard;
    who->tries = 0;
    return OC_OK;
}

/* An answer to either question; `why` and `words` of a refusal. A key that does not hold any more is asked for; a refusal that no time mends
 * is said, and asked again all the same. */
static inline oc_rc kit_lent_answer(const struct kit_codec *codec, const struct kit_lent *lent, struct kit_account *who,
                                    const struct oc_response *in, uint32_t why, struct kit_json_text words)
{
    struct kit_json json = kit_json_begin(in->body, in->body_size);
    struct kit_json_text text;
    struct kit_member member;
    memset(&text, 0, sizeof text);
    member.name = lent->member;
    member.to = &text;
    if (in->status == 200 && in->user[0] == lent->keep)
        return OC_OK;
    if (in->status == 200)
        return kit_take(&json, &member, 1) ? kit_lent_take(codec, lent, who, text) : (oc_rc)OC_E_DATA;
    if (in->user[0] == lent->keep)
        return kit_lent_ask(codec, lent, who);
    who->tries++;
    const oc_rc rc = kit_lent_look(codec, who, kit_lent_wait(lent, who));
    if (rc < 0 || (why != OC_WHY_NOT_SUPPORTED && why != OC_WHY_BAD_CREDENTIALS && why != OC_WHY_PERMISSION))
        return rc;
    return kit_say_venue(codec, who->source, OC_VENUE_DENIED, why, words);
}

/* The timer of an account. */
static inline oc_rc kit_lent_timer(const struct kit_codec *codec, const struct kit_lent *lent, struct kit_account *who)
{
    if (!who->is_heard)
        return kit_lent_ask(codec, lent, who);
    const oc_rc rc = kit_lent_http(codec, lent, who, lent->keep);
    if (rc < 0 && rc != OC_E_AGAIN)
        return rc;
    return kit_lent_look(codec, who, rc == OC_E_AGAIN ? 1000000000 : lent->keep_ns);
}

/* What became of the stream. */
static inline oc_rc kit_lent_stream(const struct kit_codec *codec, const struct kit_lent *lent, struct kit_account *who,
                                    const struct oc_stream *stream)
{
    if (who->stream != stream->stream || stream->state == OC_STREAM_CLOSED)
        return OC_OK;
    const oc_rc rc = kit_lent_ask(codec, lent, who);
    if (rc >= 0)
        who->is_up = stream->state == OC_STREAM_UP;
    return rc;
}

#endif
