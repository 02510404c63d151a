#include "rehearsal/faults.h"

#include "base/random.h"

#include <stdio.h>

static const struct {
    const char *verb, *noun;
    bool has_time;
    const char *what;
} kinds[FAULT_KINDS] = {
    [FAULT_NONE] = {"", "", false, ""},
    [FAULT_DROP_ANSWERS] = {"drop", "answers", false, "what is asked is done; the answer never comes"},
    [FAULT_DROP_REQUESTS] = {"drop", "requests", false, "what is asked is not done; no answer comes"},
    [FAULT_DROP_MESSAGES] = {"drop", "messages", false, "of a stream: one is missing, and its number with it"},
    [FAULT_DROP_FILLS] = {"drop", "fills", false, "of a stream: a fill is not told, and no number shows it"},
    [FAULT_DELAY_ANSWERS] = {"delay", "answers", true, "the answer comes so much later"},
    [FAULT_DELAY_REQUESTS] = {"delay", "requests", true, "what is asked is done so much later"},
    [FAULT_DELAY_MESSAGES] = {"delay", "messages", true, "of a stream: one, and all behind it, come so much later"},
    [FAULT_DUPLICATE_REQUESTS] = {"duplicate", "requests", false, "what is asked arrives twice"},
    [FAULT_DUPLICATE_MESSAGES] = {"duplicate", "messages", false, "of a stream: one is said twice"},
    [FAULT_REORDER_MESSAGES] = {"reorder", "messages", false, "of a stream: one comes behind the next"},
    [FAULT_HALF_OPEN_STREAMS] = {"half-open", "streams", false, "it stays open, says nothing and hears nothing"},
    [FAULT_RESET_ANSWERS] = {"reset", "answers", false, "what is asked is done; the connection is reset"},
    [FAULT_RESET_CONNECTIONS] = {"reset", "connections", false, "a new connection is accepted and reset"},
    [FAULT_RESET_STREAMS] = {"reset", "streams", false, "a stream is reset in place of its next message"},
    [FAULT_SPLIT_MESSAGES] = {"split", "messages", false, "of a stream: one comes in several frames"},
    [FAULT_CUT_ANSWERS] = {"cut", "answers", false, "what is asked is done; half the answer comes, then the end"},
    [FAULT_CUT_MESSAGES] = {"cut", "messages", false, "of a stream: half a frame comes, then the end"},
    [FAULT_FAIL_ANSWERS] = {"fail", "answers", false, "what is asked is done; the answer is 503"},
    [FAULT_FAIL_REQUESTS] = {"fail", "requests", false, "what is asked is not done; the answer is 503"},
    [FAULT_LIMIT_REQUESTS] = {"limit", "requests", true, "what is asked is not done; 429: come again after so long"},
    [FAULT_BAN_REQUESTS] = {"ban", "requests", true, "what is asked is not done; 418: banned for so long"},
};

static const char *const ofs[] = {"all", "orders", "cancels", "amends", "reads", NULL};

static const char *const verbs[] = {"drop",  "delay", "duplicate", "reorder", "half-open", "reset",
                                    "split", "cut",   "fail",      "limit",   "ban",       NULL};

const char *fault_name(enum fault_kind kind)
{
    static char name[32];
    snprintf(name, sizeof name, "%s %s", kinds[kind].verb, kinds[kind].noun);
    return name;
}

void faults_init(struct faults *faults, uint64_t seed)
{
    memset(faults, 0, sizeof *faults);
    faults->random = seed ^ 0x6661756c7473u;
}

void faults_help(struct text *out)
{
    for (int i = 1; i < FAULT_KINDS; i++)
        text_format(out, "  %-20s%s  %s\n", fault_name((enum fault_kind)i), kinds[i].has_time ? " TIME" : "     ",
                    kinds[i].what);
}

/* ---- reading a line ---- */

struct words {
    char text[FAULT_LINE_MAX];
    char *at[16];
    uint32_t count, next;
};

static bool split(const char *line, struct words *words)
{
    char *rest = NULL;
    memset(words, 0, sizeof *words);
    if (strlen(line) >= FAULT_LINE_MAX)
        return false;
    text_copy(words->text, FAULT_LINE_MAX, line);
    for (char *word = strtok_r(words->text, " \t\r\n", &rest); word; word = strtok_r(NULL, " \t\r\n", &rest)) {
        if (words->count == 16)
            return false;
        words->at[words->count++] = word;
    }
    return true;
}

static const char *peek(const struct words *words) { return words->next < words->count ? words->at[words->next] : ""; }

static bool takes(struct words *words, const char *word)
{
    if (strcmp(peek(words), word) != 0)
        return false;
    words->next++;
    return true;
}

static bool is_verb(const char *word)
{
    for (int i = 0; verbs[i]; i++)
        if (strcmp(verbs[i], word) == 0)
            return true;
    return false;
}

static enum fault_kind kind_of(const char *verb, const char *noun, bool *ret_has_noun)
{
    enum fault_kind first = FAULT_NONE;
    for (int i = FAULT_KINDS - 1; i > 0; i--) {
        if (strcmp(kinds[i].verb, verb) != 0)
            continue;
        first = (enum fault_kind)i;
        if (strcmp(kinds[i].noun, noun) == 0) {
            *ret_has_noun = true;
            return first;
        }
    }
    *ret_has_noun = false;
    return first;
}

static oc_rc complain(struct text *out, const char *verb, const char *found, const char *expected)
{
    text_format(out, "%s: found '%s', expected %s\n", verb, found, expected);
    return OC_E_INVALID;
}

static oc_rc complain_of_noun(struct text *out, const char *verb, const char *found)
{
    char expected[128] = "";
    for (int i = 1; i < FAULT_KINDS; i++)
        if (strcmp(kinds[i].verb, verb) == 0) {
            text_append(expected, sizeof expected, kinds[i].noun);
            text_append(expected, sizeof expected, ", ");
        }
    text_append(expected, sizeof expected, "how many, or how often (1 in N, always, off)");
    return complain(out, verb, found, expected);
}

static bool reads_count(const char *word, int64_t *ret_count)
{
    return text_to_int(word, strlen(word), ret_count) == OC_OK && *ret_count > 0;
}

/* What is left of the line: how many, or how often. */
static oc_rc read_how(struct words *words, struct fault *fault, bool *ret_is_off, struct text *out)
{
    const char *verb = kinds[fault->kind].verb;
    int64_t count = 1;
    fault->left = 1;
    fault->one_in = 1;
    if (words->next == words->count)
        return OC_OK;
    if (takes(words, "always")) {
        fault->left = UINT64_MAX;
    } else if (takes(words, "off")) {
        *ret_is_off = true;
    } else if (!reads_count(peek(words), &count)) {
        return fault->of ? complain(out, verb, peek(words), "how many, or how often (1 in N, always, off)")
                         : complain_of_noun(out, verb, peek(words));
    } else {
        fault->left = (uint64_t)count;
        words->next++;
        if (count == 1 && takes(words, "in")) {
            if (!reads_count(peek(words), &count))
                return complain(out, verb, peek(words), "a number above zero behind `1 in`");
            words->next++;
            fault->left = UINT64_MAX;
            fault->one_in = (uint64_t)count;
        }
    }
    return words->next == words->count ? (oc_rc)OC_OK : complain(out, verb, peek(words), "nothing more");
}

static void turn_off(struct faults *faults, enum fault_kind kind)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < faults->count; i++)
        if (faults->list[i].kind != kind)
            faults->list[kept++] = faults->list[i];
    faults->count = kept;
}

oc_rc faults_read(struct faults *faults, const char *line, struct text *out)
{
    struct words words;
    struct fault fault = {.kind = FAULT_NONE};
    bool is_off = false, has_noun;
    const bool is_whole = split(line, &words);
    if (words.count == 0 || !is_verb(words.at[0]))
        return OC_E_NOT_FOUND;
    if (!is_whole)
        return complain(out, words.at[0], "a longer line", "at most 127 bytes and 16 words");
    words.next = 1;
    fault.kind = kind_of(words.at[0], peek(&words), &has_noun);
    words.next += has_noun;
    if (kinds[fault.kind].has_time && strcmp(peek(&words), "off") != 0) {
        const char *word = peek(&words);
        if (text_to_duration(word, strlen(word), &fault.value_ns) < 0 || fault.value_ns <= 0)
            return has_noun ? complain(out, words.at[0], word, "a time, such as 200ms")
                            : complain_of_noun(out, words.at[0], word);
        words.next++;
    }
    if (takes(&words, "of")) {
        for (uint32_t i = 0; ofs[i]; i++)
            if (strcmp(ofs[i], peek(&words)) == 0)
                fault.of = (enum fault_of)i;
        if (!fault.of && strcmp(peek(&words), "all") != 0)
            return complain(out, words.at[0], peek(&words), "orders, cancels, amends, reads or all behind `of`");
        words.next++;
    }
    oc_rc rc = read_how(&words, &fault, &is_off, out);
    if (rc < 0)
        return rc;
    if (is_off) {
        turn_off(faults, fault.kind);
        text_format(out, "%s: off\n", fault_name(fault.kind));
        return OC_OK;
    }
    if (faults->count == FAULTS_MAX) {
        text_format(out, "%s: %d faults hold already: `calm` ends them\n", words.at[0], FAULTS_MAX);
        return OC_E_LIMIT;
    }
    faults->list[faults->count++] = fault;
    text_format(out, "%s: %s\n", fault_name(fault.kind), kinds[fault.kind].what);
    return OC_OK;
}

bool faults_draw(struct faults *faults, enum fault_kind kind, enum fault_of of, int64_t *ret_value_ns)
{
    for (uint32_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->list[i];
        if (fault->kind != kind || (fault->of != FAULT_OF_ALL && fault->of != of))
            continue;
        if (fault->one_in > 1 && random_next(&faults->random) % fault->one_in != 0)
            continue;
        if (ret_value_ns)
            *ret_value_ns = fault->value_ns;
        faults->made[kind]++;
        if (fault->left != UINT64_MAX && --fault->left == 0) {
            memmove(fault, fault + 1, (faults->count - i - 1) * sizeof *fault);
            faults->count--;
        }
        return true;
    }
    return false;
}

/* ---- what waits ---- */

oc_rc faults_at(struct faults *faults, const char *line, int64_t begin_ns, struct text *out)
{
    char word[32] = "";
    int at = 0;
    int64_t time_ns;
    line += strspn(line, " \t");
    if (strncmp(line, "at ", 3) != 0)
        return OC_E_NOT_FOUND;
    if (sscanf(line, "at %31s %n", word, &at) < 1 || text_to_duration(word, strlen(word), &time_ns) < 0 || !at)
        return complain(out, "at", word, "a time since the start, such as 30s, and what happens then");
    if (faults->due_count == FAULTS_MAX || strlen(line + at) >= FAULT_LINE_MAX) {
        text_format(out, "at: at most %d lines of %d bytes wait\n", FAULTS_MAX, FAULT_LINE_MAX - 1);
        return OC_E_LIMIT;
    }
    struct fault_due *due = &faults->due[faults->due_count++];
    due->at_ns = begin_ns + time_ns;
    text_copy(due->line, FAULT_LINE_MAX, line + at);
    return OC_OK;
}

int64_t faults_next_ns(const struct faults *faults)
{
    int64_t next_ns = INT64_MAX;
    for (uint32_t i = 0; i < faults->due_count; i++)
        if (faults->due[i].at_ns < next_ns)
            next_ns = faults->due[i].at_ns;
    return next_ns;
}

bool faults_due(struct faults *faults, int64_t now_ns, char ret_line[FAULT_LINE_MAX])
{
    const int64_t next_ns = faults_next_ns(faults);
    for (uint32_t i = 0; next_ns <= now_ns && i < faults->due_count; i++) {
        if (faults->due[i].at_ns != next_ns)
            continue;
        text_copy(ret_line, FAULT_LINE_MAX, faults->due[i].line);
        memmove(&faults->due[i], &faults->due[i + 1], (faults->due_count - i - 1) * sizeof *faults->due);
        faults->due_count--;
        return true;
    }
    return false;
}

void faults_clear(struct faults *faults) { faults->count = faults->due_count = 0; }

void faults_say(const struct faults *faults, int64_t begin_ns, struct text *out)
{
    char time[TEXT_DURATION_MAX];
    for (uint32_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];
        text_format(out, "holds: %s", fault_name(fault->kind));
        if (fault->value_ns && text_from_duration(time, fault->value_ns) > 0)
            text_format(out, " %s", time);
        if (fault->of)
            text_format(out, " of %s", ofs[fault->of]);
        if (fault->one_in > 1)
            text_format(out, " 1 in %llu", (unsigned long long)fault->one_in);
        else if (fault->left == UINT64_MAX)
            text_put(out, " always");
        else
            text_format(out, " %llu", (unsigned long long)fault->left);
        text_put(out, "\n");
    }
    for (uint32_t i = 0; i < faults->due_count; i++) {
        text_from_duration(time, faults->due[i].at_ns - begin_ns);
        text_format(out, "waits: at %s %s\n", time, faults->due[i].line);
    }
    for (int i = 1; i < FAULT_KINDS; i++)
        if (faults->made[i])
            text_format(out, "happened: %s %llu\n", fault_name((enum fault_kind)i),
                        (unsigned long long)faults->made[i]);
    if (out->size == 0)
        text_put(out, "nothing goes wrong\n");
}
