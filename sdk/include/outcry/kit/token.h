/* token.h: the life of a connector whose venue says nothing to who has no token: an account has a number, which stands in its paths, and a stream that
 * tells what becomes of it. What is missing of an account is asked for, one after the other: its currency, the markets, its stream, what is open. No ABI promise.
 *
 *   struct mine { struct kit_codec kit; struct kit_token_life life; };
 *   static const struct kit_token_of how = {.bearer = &bearer, .before = "/v3/accounts/", .money = "/summary", ...};
 *   KIT_TOKEN_LIFE(struct mine, how)
 *   static const struct oc_connector table = {.account = kit_on_account, .timer = kit_on_timer, ...};
 *
 * Invariants
 * - Accounts are asked about only while their stream is heard and all of that is known (is_heard): nothing trades before.
 * - Whatever becomes of a question, a timer asks again: after again_ns, and up to eight times that while the token is refused; after a second where
 *   a limit had no room.
 * - A token that is refused is said once, and so is that it is taken again. All [io]. */
#ifndef OUTCRY_KIT_TOKEN_H
#define OUTCRY_KIT_TOKEN_H

#include <outcry/kit/account.h>
#include <outcry/kit/bearer.h>

enum { KIT_TOKEN_MONEY = 1, KIT_TOKEN_MARKETS = 2, KIT_TOKEN_OPEN = 3, KIT_TOKEN_PATH = 4096 }; /* oc_http.user[0] */

struct kit_token_account {
    uint32_t account; /* 0: this place is free */
    uint32_t source;
    uint32_t stream;   /* 0: none yet */
    uint32_t asset;    /* its currency; 0: not known yet */
    uint32_t is_up;    /* the stream */
    uint32_t is_heard; /* it is up, and what is open is known */
    uint32_t is_denied;
    uint32_t tries;
    uint64_t timer; /* the next look at what is missing */
    uint64_t last;  /* number of what was heard last on this connection, where a venue counts; 0: nothing was */
    uint64_t open;  /* and of the last that is in what was open */
    uint32_t
        is_behind; /* something was missed, and is being asked for: until it has come the stream is counted alone */
    uint32_t zero;
    struct oc_id id; /* as the venue calls it */
};

struct kit_token_life { /* of an instance */
    struct kit_token_account of[KIT_ACCOUNTS_MAX];
    uint64_t timer;       /* when markets are asked for */
    uint32_t has_markets; /* they were said */
    uint32_t zero;
};

struct kit_token_of { /* how the venue does it; static */
    const struct kit_bearer *bearer;
    const char *before;                        /* an account's number in a path */
    const char *money, *markets, *open, *told; /* behind it: its currency, markets, what is open; its stream */
    uint64_t stream;                           /* user[0] of that stream */
    uint16_t id;                               /* field of the account's number, a public credential */
    /* Answers. A currency sets who->asset. What is open: OC_E_AGAIN: more was heard meanwhile than is in it. */
    oc_rc (*take_money)(void *self, struct kit_token_account *who, const struct oc_response *in);
    oc_rc (*take_markets)(void *self, const struct oc_response *in);
    oc_rc (*take_open)(void *self, struct kit_token_account *who, const struct oc_response *in);
    /* What a refusal means, and its words. */
    uint32_t (*refused)(uint16_t status, struct kit_json json, struct kit_json_text *ret_words);
    int64_t markets_ns, again_ns; /* how often markets are asked for, and how soon what did not come */
};

static inline struct kit_token_account *kit_token_account_of(struct kit_token_life *life, uint32_t account)
{
    for (int i = 0; i < KIT_ACCOUNTS_MAX && account; i++)
        if (life->of[i].account == account)
            return &life->of[i];
    return NULL;
}

/* The account by which markets are heard; NULL: there is none yet. */
static inline struct kit_token_account *kit_token_any(struct kit_token_life *life)
{
    for (int i = 0; i < KIT_ACCOUNTS_MAX; i++)
        if (life->of[i].account)
            return &life->of[i];
    return NULL;
}

/* A path of an account, in KIT_TOKEN_PATH bytes, to which more can be written. */
static inline struct kit_write kit_token_path(const struct kit_token_of *of, const struct kit_token_account *who,
                                              const char *behind, char *path)
{
    struct kit_write out = kit_write_begin(path, KIT_TOKEN_PATH);
    kit_write_text(&out, of->before);
    kit_write_query(&out, who->id.text, who->id.size);
    kit_write_text(&out, behind);
    return out;
}

/* A question of its own. */
static inline oc_rc kit_token_ask(const struct kit_codec *codec, const struct kit_token_of *of,
                                  const struct kit_token_account *who, uint64_t about, const char *behind)
{
    char path[KIT_TOKEN_PATH];
    const struct kit_write out = kit_token_path(of, who, behind, path);
    struct oc_http http;
    memset(&http, 0, sizeof http);
    http.flags = OC_HTTP_SAFE;
    http.lane = OC_LANE_RECONCILE;
    http.user[0] = about;
    return kit_bearer_call(codec, of->bearer, who->account, &http, path, &out);
}

/* What is open is asked for once more: something was missed. */
static inline oc_rc kit_token_ask_open(const struct kit_codec *codec, const struct kit_token_of *of,
                                       const struct kit_token_account *who)
{
    const oc_rc rc = kit_token_ask(codec, of, who, KIT_TOKEN_OPEN, of->open);
    return rc == OC_E_AGAIN ? (oc_rc)OC_OK : rc;
}

static inline oc_rc kit_token_ask_markets(const struct kit_codec *codec, const struct kit_token_of *of,
                                          struct kit_token_life *life, const struct kit_token_account *who)
{
    const oc_rc rc = kit_token_ask(codec, of, who, KIT_TOKEN_MARKETS, of->markets);
    return rc < 0 && rc != OC_E_AGAIN ? rc : kit_timer_move(codec, rc < 0 ? 1000000000 : of->again_ns, 0, &life->timer);
}

/* What is missing is asked for. */
static inline oc_rc kit_token_go_on(const struct kit_codec *codec, const struct kit_token_of *of,
                                    struct kit_token_life *life, struct kit_token_account *who)
{
    char path[KIT_TOKEN_PATH];
    uint32_t stream = who->stream;
    oc_rc rc = OC_OK;
    if (!who->asset) {
        rc = kit_token_ask(codec, of, who, KIT_TOKEN_MONEY, of->money);
    } else if (!life->has_markets) {
        rc = kit_token_ask_markets(codec, of, life, who);
    } else if (!stream) {
        const struct kit_write out = kit_token_path(of, who, of->told, path);
        rc = kit_bearer_open(codec, of->bearer, who->account, OC_TOPIC_PRIVATE, of->stream, path, &out, &stream);
    } else if (who->is_up && !who->is_heard) {
        rc = kit_token_ask(codec, of, who, KIT_TOKEN_OPEN, of->open);
    }
    const int64_t wait_ns = rc == OC_E_AGAIN ? 1000000000 : of->again_ns << (who->tries < 3 ? who->tries : 3);
    if (rc >= 0 || rc == OC_E_AGAIN)
        rc = kit_timer_move(codec, wait_ns, who->account, &who->timer);
    if (rc < 0)
        return rc;
    who->tries += who->is_denied;
    who->stream = stream;
    return OC_OK;
}

/* ---- what the host tells ---- */

static inline oc_rc kit_token_take(const struct kit_codec *codec, const struct kit_token_of *of,
                                   struct kit_token_life *life, const struct oc_account *is)
{
    struct kit_token_account *at = kit_token_account_of(life, is->account), made;
    for (int i = 0; !at && i < KIT_ACCOUNTS_MAX; i++)
        at = life->of[i].account ? NULL : &life->of[i];
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
    const oc_rc size =
        codec->sign->public_text(codec->host, is->account, of->id, OC_PUBLIC_TEXT, made.id.text, OC_ID_MAX);
    if (size <= 0)
        return size < 0 ? size : (oc_rc)OC_E_CONFIG;
    made.account = is->account;
    made.source = is->source;
    made.asset = at->asset;
    made.timer = at->timer;
    made.id.size = (uint8_t)(size < OC_ID_MAX ? size : OC_ID_MAX);
    oc_rc rc = at->stream ? codec->net->close(codec->host, at->stream) : (oc_rc)OC_OK;
    if (rc >= 0 || rc == OC_E_NOT_FOUND)
        rc = kit_token_go_on(codec, of, life, &made);
    if (rc >= 0)
        *at = made;
    return rc;
}

static inline oc_rc kit_token_timer(const struct kit_codec *codec, const struct kit_token_of *of,
                                    struct kit_token_life *life, uint64_t timer, uint64_t user)
{
    struct kit_token_account *who = user ? kit_token_account_of(life, (uint32_t)user) : kit_token_any(life);
    if (!user)
        return who ? kit_token_ask_markets(codec, of, life, who) : (oc_rc)OC_OK;
    return who && who->timer == timer && !who->is_heard ? kit_token_go_on(codec, of, life, who) : (oc_rc)OC_OK;
}

static inline oc_rc kit_token_denied(const struct kit_codec *codec, const struct kit_token_of *of,
                                     struct kit_token_account *who, uint16_t status, const void *bytes, uint32_t size)
{
    struct kit_json_text words;
    const uint32_t why = of->refused(status, kit_json_begin(bytes, size), &words);
    if ((status != 401 && status != 403) || who->is_denied)
        return OC_OK;
    const oc_rc rc = kit_say_venue(codec, who->source, OC_VENUE_DENIED, why, words);
    who->is_denied = rc >= 0;
    return rc;
}

/* What became of an account's stream: it is ready when what is open is known. */
static inline oc_rc kit_token_stream(const struct kit_codec *codec, const struct kit_token_of *of,
                                     struct kit_token_life *life, const struct oc_stream *at)
{
    struct kit_token_account *who = kit_token_account_of(life, at->account);
    if (!who || at->stream != who->stream)
        return OC_OK;
    who->is_up = at->state == OC_STREAM_UP;
    who->is_heard = 0;
    who->last = 0;
    who->is_behind = 0;
    if (at->state == OC_STREAM_CLOSED)
        who->stream = 0;
    if (at->state == OC_STREAM_REFUSED)
        return kit_token_denied(codec, of, who, at->status, at->bytes, at->bytes_size);
    return who->is_up ? kit_token_go_on(codec, of, life, who) : (oc_rc)OC_OK;
}

/* ---- answers to questions of its own ---- */

static inline oc_rc kit_token_markets(const struct kit_codec *codec, const struct kit_token_of *of,
                                      struct kit_token_life *life, void *self, const struct oc_response *in)
{
    oc_rc rc = of->take_markets(self, in);
    if (rc >= 0)
        rc = kit_timer_move(codec, of->markets_ns, 0, &life->timer);
    life->has_markets |= rc >= 0;
    for (int i = 0; i < KIT_ACCOUNTS_MAX && rc >= 0; i++)
        if (life->of[i].account && !life->of[i].stream)
            rc = kit_token_go_on(codec, of, life, &life->of[i]);
    return rc;
}

static inline oc_rc kit_token_open(const struct kit_codec *codec, const struct kit_token_of *of,
                                   struct kit_token_account *who, void *self, const struct oc_response *in)
{
    oc_rc rc = who->is_up ? of->take_open(self, who, in) : (oc_rc)OC_OK;
    if (!who->is_up || rc == OC_E_AGAIN)
        return who->is_heard ? kit_token_ask_open(codec, of, who) : (oc_rc)OC_OK; /* else its timer asks again */
    if (rc >= 0 && !who->is_heard)
        rc = codec->net->ready(codec->host, who->stream);
    who->is_heard |= rc >= 0;
    return rc;
}

static inline oc_rc kit_token_response(const struct kit_codec *codec, const struct kit_token_of *of,
                                       struct kit_token_life *life, struct kit_token_account *who, void *self,
                                       const struct oc_response *in)
{
    struct kit_json_text none;
    oc_rc rc = OC_OK;
    memset(&none, 0, sizeof none);
    if (in->status != 200)
        return kit_token_denied(codec, of, who, in->status, in->body, in->body_size);
    if (who->is_denied) {
        rc = kit_say_venue(codec, who->source, OC_VENUE_READY, OC_WHY_NONE, none);
        who->is_denied = rc < 0;
        who->tries = 0;
    }
    if (rc >= 0 && in->user[0] == KIT_TOKEN_MARKETS)
        return kit_token_markets(codec, of, life, self, in);
    if (rc >= 0 && in->user[0] == KIT_TOKEN_OPEN)
        return kit_token_open(codec, of, who, self, in);
    if (rc >= 0)
        rc = of->take_money(self, who, in);
    return rc < 0 ? rc : kit_token_go_on(codec, of, life, who);
}

/* Calls for the table of a connector of TYPE, which has its struct kit_codec `kit` and its struct kit_token_life `life`. */
#define KIT_TOKEN_LIFE(TYPE, OF)                                                                                       \
    static oc_rc kit_on_account(void *self, const struct oc_account *account)                                          \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_token_take(&is->kit, &(OF), &is->life, account);                                                    \
    }                                                                                                                  \
    static oc_rc kit_on_timer(void *self, uint64_t timer, uint64_t user)                                               \
    {                                                                                                                  \
        TYPE *is = (TYPE *)self;                                                                                       \
        return kit_token_timer(&is->kit, &(OF), &is->life, timer, user);                                               \
    }

#endif
