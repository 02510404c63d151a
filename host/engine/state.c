#include "engine/state.h"

#define S(name) STATE_##name
#define BACK    STATE_BACK
#define STAY    STATE_STAY
#define ALARM   STATE_ALARM

/* Columns follow ORDER_EVENTS: none deny emulate submit accept reject fill canceled expired trigger ask_amend amended
 * amend_rejected ask_cancel cancel_rejected unknown not_there taken shown absent late_fill bust. Read a row as "what can still
 * happen to me". docs/order-states.md shows it.
 *
 * A fill before its accept is normal (streams race), so FILL and ACCEPT both resolve from facts. A cancel or amend
 * refused as "unknown order" proves nothing and resolves back. REJECT after a fill is a venue contradiction. ABSENT never
 * proves anything: a venue may not know yet what it was sent. */
static const uint8_t table[STATE_COUNT][EVENT_COUNT] = {
    [STATE_NONE] = {ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM,
                    ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM},
    [STATE_INITIALIZED] = {ALARM, S(DENIED), S(EMULATED), S(SUBMITTED), ALARM, ALARM,       ALARM, ALARM,
                           ALARM, ALARM,     ALARM,       ALARM,        ALARM, S(CANCELED), ALARM, ALARM,
                           ALARM, ALARM,     ALARM,       STAY,         ALARM, ALARM},
    [STATE_DENIED] = {ALARM, STAY,  ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM,
                      ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, ALARM, STAY,  ALARM, ALARM},
    [STATE_EMULATED] = {ALARM,      S(DENIED), STAY,  S(SUBMITTED), ALARM, ALARM,       ALARM, S(CANCELED),
                        S(EXPIRED), STAY,      STAY,  STAY,         ALARM, S(CANCELED), ALARM, ALARM,
                        ALARM,      ALARM,     ALARM, STAY,         ALARM, ALARM},
    [STATE_SUBMITTED] = {ALARM,
                         ALARM,
                         ALARM,
                         STAY,
                         BACK,
                         S(REJECTED),
                         BACK,
                         S(CANCELED),
                         S(EXPIRED),
                         BACK,
                         S(PENDING_UPDATE),
                         BACK,
                         BACK,
                         S(PENDING_CANCEL),
                         BACK,
                         S(UNKNOWN),
                         S(REJECTED),
                         STAY,
                         BACK,
                         STAY,
                         BACK,
                         STAY},
    [STATE_ACCEPTED] = {ALARM,
                        ALARM,
                        ALARM,
                        STAY,
                        STAY,
                        S(REJECTED),
                        BACK,
                        S(CANCELED),
                        S(EXPIRED),
                        BACK,
                        S(PENDING_UPDATE),
                        STAY,
                        STAY,
                        S(PENDING_CANCEL),
                        STAY,
                        S(UNKNOWN),
                        ALARM,
                        STAY,
                        STAY,
                        STAY,
                        BACK,
                        STAY},
    [STATE_TRIGGERED] = {ALARM,
                         ALARM,
                         ALARM,
                         STAY,
                         STAY,
                         S(REJECTED),
                         BACK,
                         S(CANCELED),
                         S(EXPIRED),
                         STAY,
                         S(PENDING_UPDATE),
                         STAY,
                         STAY,
                         S(PENDING_CANCEL),
                         STAY,
                         S(UNKNOWN),
                         ALARM,
                         STAY,
                         STAY,
                         STAY,
                         BACK,
                         STAY},
    [STATE_PARTIALLY_FILLED] = {ALARM,
                                ALARM,
                                ALARM,
                                STAY,
                                STAY,
                                ALARM,
                                BACK,
                                S(CANCELED),
                                S(EXPIRED),
                                STAY,
                                S(PENDING_UPDATE),
                                BACK,
                                STAY,
                                S(PENDING_CANCEL),
                                STAY,
                                S(UNKNOWN),
                                ALARM,
                                STAY,
                                STAY,
                                STAY,
                                BACK,
                                BACK},
    [STATE_FILLED] = {ALARM, ALARM, ALARM, STAY, STAY, ALARM, ALARM, STAY,  STAY, STAY, ALARM,
                      STAY,  STAY,  STAY,  STAY, STAY, ALARM, STAY,  ALARM, STAY, STAY, STAY},
    [STATE_PENDING_UPDATE] = {ALARM,       ALARM,      ALARM,       STAY, STAY, S(REJECTED), BACK,
                              S(CANCELED), S(EXPIRED), STAY,        STAY, BACK, BACK,        S(PENDING_CANCEL),
                              STAY,        S(UNKNOWN), S(REJECTED), STAY, STAY, STAY,        BACK,
                              BACK},
    [STATE_PENDING_CANCEL] = {ALARM,       ALARM, ALARM, STAY, STAY, S(REJECTED), BACK, S(CANCELED),
                              S(EXPIRED),  STAY,  STAY,  STAY, STAY, STAY,        BACK, S(UNKNOWN),
                              S(REJECTED), STAY,  STAY,  STAY, BACK, BACK},
    [STATE_CANCELED] = {ALARM, ALARM, ALARM, ALARM, STAY, STAY, ALARM, STAY,  STAY, STAY, STAY,
                        STAY,  STAY,  STAY,  STAY,  STAY, STAY, STAY,  ALARM, STAY, STAY, STAY},
    [STATE_EXPIRED] = {ALARM, ALARM, ALARM, ALARM, STAY, STAY, ALARM, STAY,  STAY, STAY, STAY,
                       STAY,  STAY,  STAY,  STAY,  STAY, STAY, STAY,  ALARM, STAY, STAY, STAY},
    [STATE_REJECTED] = {ALARM, ALARM, ALARM, ALARM, ALARM, STAY, ALARM, STAY,  STAY, ALARM, STAY,
                        STAY,  STAY,  STAY,  STAY,  STAY,  STAY, ALARM, ALARM, STAY, ALARM, STAY},
    [STATE_UNKNOWN] = {ALARM, ALARM, ALARM, STAY, BACK, S(REJECTED), BACK, S(CANCELED), S(EXPIRED), BACK, STAY,
                       BACK,  STAY,  STAY,  STAY, STAY, S(REJECTED), BACK, BACK,        STAY,       BACK, STAY},
};

int state_next(int state, int event)
{
    if (state < 0 || state >= STATE_COUNT || event < 0 || event >= EVENT_COUNT)
        return STATE_ALARM;
    return table[state][event];
}

bool state_is_final(int state)
{
    return state == STATE_DENIED || state == STATE_FILLED || state == STATE_CANCELED || state == STATE_EXPIRED ||
           state == STATE_REJECTED;
}

bool state_is_open(int state) { return state > STATE_NONE && state < STATE_COUNT && !state_is_final(state); }

#define NAME(name) #name,
static const char *const state_names[] = {ORDER_STATES(NAME)};
static const char *const event_names[] = {ORDER_EVENTS(NAME)};

const char *state_name(int state) { return state >= 0 && state < STATE_COUNT ? state_names[state] : "?"; }

const char *state_event_name(int event) { return event >= 0 && event < EVENT_COUNT ? event_names[event] : "?"; }
