/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The memory of a SIM PIN that was refused. The third wrong one locks a SIM, and only its PUK opens
 * it then. So in doubt a SIM is the one that refused, and what one look tells is doubtful: the line
 * with the ICCID is lost, one of its digits flips, a SIM that starts does not tell it. */

#include "base/luhn.h"
#include "core/turn.h"

static const char *iccid_now(const Module *m) {
        return m->family->findings.iccid;
}

/* Salted; a PIN is too short for less. */
static int pin_hash(const char *iccid, const char *pin, char ret[static SHA256_HEX_MAX]) {
        const struct iovec parts[] = {
                { (void *) iccid, strlen(iccid) },
                { (void *) "/", 1 },
                { (void *) pin, strlen(pin) },
        };

        return sha256_hex(parts, ELEMENTSOF(parts), ret);
}

/* One that was not told is no other one. Nor is one with more behind its end: some firmware shows
 * the check digit or a pad "F" there, other does not. */
static bool is_same_iccid(const char *a, const char *b) {
        return strncmp(a, b, MIN_OF(strlen(a), strlen(b))) == 0;
}

/* Told by this look and by the one before. */
static bool is_told_twice(const Module *m) {
        return iccid_now(m)[0] && streq(iccid_now(m), m->record.iccid);
}

/* The SIM of `m` has refused this PIN. */
static bool has_refused(const Module *m, const char *pin) {
        char hash[SHA256_HEX_MAX];

        return m->record.bad_pin_hash[0] && (pin_hash(m->record.bad_pin_iccid, pin, hash) < 0 ||
                                             streq(hash, m->record.bad_pin_hash));
}

static bool is_other_sim(const Module *m) {
        return is_told_twice(m) && !is_same_iccid(iccid_now(m), m->record.bad_pin_iccid);
}

/* ... is in this module now. */
static bool is_sim_of(const Module *m, const Module *other) {
        return other != m && iccid_now(m)[0] && other->record.bad_pin_iccid[0] &&
               is_same_iccid(iccid_now(m), other->record.bad_pin_iccid);
}

bool pin_is_tried(const Module *m) {
        const Gateway *gateway = m->gateway;
        const char *pin = m->settings->sim_pin;

        if (has_refused(m, pin) && !is_other_sim(m))
                return true;
        for (size_t i = 0; i < gateway->n_modules; i++)
                if (is_sim_of(m, gateway->modules[i]) && has_refused(gateway->modules[i], pin))
                        return true;
        return false;
}

static void remember(Module *m, const char *iccid, const char *hash) {
        (void) TEXT_COPY(m->record.bad_pin_iccid, iccid);
        (void) TEXT_COPY(m->record.bad_pin_hash, hash);
}

/* The PIN counts as tried from the moment of its intent: whatever happens then, a crash or a lost
 * answer, it is not tried on this SIM again unless the SIM turns out to be open. */
void pin_unsaid(Module *m) {
        remember(m, m->pin_before.iccid, m->pin_before.hash);
        module_mark(m);
}

/* An ICCID with no good check digit, whether misread or of a SIM that has none, is not remembered
 * until it was told twice: see pin_note_sim(). */
void say_unlock(Module *m) {
        const VerbArgs args = { .pin = m->settings->sim_pin };
        char digits[ICCID_MAX], hash[SHA256_HEX_MAX];

        (void) TEXT_COPY(digits, iccid_now(m));
        digits[strcspn(digits, "Ff")] = '\0';
        const char *iccid = luhn_holds(digits) ? iccid_now(m) : "";

        if (pin_hash(iccid, m->settings->sim_pin, hash) < 0)
                return;
        (void) TEXT_COPY(m->pin_before.hash, m->record.bad_pin_hash);
        (void) TEXT_COPY(m->pin_before.iccid, m->record.bad_pin_iccid);
        remember(m, iccid, hash);
        m->ready = false;
        module_say(m, VERB_UNLOCK, &args);
        if (!module_says(m, VERB_UNLOCK))
                pin_unsaid(m);
}

/* Is called while record.iccid is still that of the look before. */
void pin_note_sim(Module *m) {
        const char *pin = m->settings->sim_pin;
        char hash[SHA256_HEX_MAX];

        if (m->family->findings.sim == SIM_READY)
                remember(m, "", "");
        else if (!m->record.bad_pin_iccid[0] && has_refused(m, pin) && is_told_twice(m) &&
                 pin_hash(iccid_now(m), pin, hash) == 0)
                remember(m, iccid_now(m), hash);
}
