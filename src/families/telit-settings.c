/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Telit: the settings that an update takes back to what they were in the factory. The note lists
 * what stays (8.1: +CGDCONT, +COPS, +IPR and the like); of the rest, what a gateway may have set is
 * read while the module is idle and written back after the update. A setting that the module does
 * not read out is left out. Letters and &-settings are read from AT&V, whose layout differs from
 * model to model: they are looked for as words. */

#include <ctype.h>
#include <stdio.h>

#include "families/telit.h"

static const char *const built_in[] = {
        "+CMEE", "+CREG",    "+CGREG",    "+CMGF",    "+CNMI",     "+CSMP",
        "+CSCS", "+CGCLASS", "#GAUTOATT", "#OTASUAN", "#OTASETRI", "#SIMDET",
        "#SLED", "+CLIP",    "S0",        "&K",       "E",         "V",
};

/* What they read out says more than they take: so many fields are theirs. */
static const struct {
        const char *name;
        unsigned fields;
} short_ones[] = { { "+CREG", 1 }, { "+CGREG", 1 }, { "+CLIP", 1 }, { "#SIMDET", 1 } };

static bool is_in_view(const char *name) {
        return name[0] == '&' || (isalpha((unsigned char) name[0]) && name[1] == '\0');
}
static bool is_register(const char *name) {
        return name[0] == 'S' && isdigit((unsigned char) name[1]);
}

/* SAVE: the names, one after the other */

static const char *name_at(const FamilyModule *module, size_t i) {
        const FamilySettings *settings = module->settings;

        if (i < ELEMENTSOF(built_in))
                return built_in[i];
        i -= ELEMENTSOF(built_in);
        return i < settings->n_keep_settings ? settings->keep_settings[i] : NULL;
}

/* A name of the configuration that is built in too is saved once. */
static bool is_repeated(const FamilyModule *module, size_t at, const char *name) {
        const char *other;

        for (size_t i = 0; i < at && (other = name_at(module, i)); i++)
                if (strcasecmp(other, name) == 0)
                        return true;
        return false;
}

static bool take_name(FamilyModule *module) {
        Telit *telit = telit_of(module);
        const char *name;

        telit->setting = (TelitSetting) { 0 };
        while ((name = name_at(module, telit->index)) && is_repeated(module, telit->index, name))
                telit->index++;
        return name && TEXT_COPY(telit->setting.name, name);
}

/* What stands between the pairs can't be in one; what would begin another command or can't be said
 * could not be written back. */
static bool is_storable(const char *value) {
        bool quoted = false;

        for (const char *p = value; *p; p++) {
                if (*p == SETTINGS_END || iscntrl((unsigned char) *p) || (*p == ';' && !quoted))
                        return false;
                quoted ^= *p == '"';
        }
        return value[0] != '\0' && !quoted;
}

/* RESTORE: the saved pairs */

/* false: the store was changed by others */
static bool parse_pair(TelitSetting *ret, const char *pair, size_t n) {
        const char *blank = memchr(pair, ' ', n);
        const size_t n_name = blank ? (size_t) (blank - pair) : n;

        if (!blank || n_name >= SETTING_NAME_MAX || n - n_name - 1 >= SETTING_VALUE_MAX)
                return false;
        *ret = (TelitSetting) { 0 };
        memcpy(ret->name, pair, n_name);
        memcpy(ret->saved, blank + 1, n - n_name - 1);
        return is_storable(ret->name) && is_storable(ret->saved);
}

static bool take_pair(Telit *telit) {
        TelitSetting next;

        while (telit->cursor && *telit->cursor) {
                const char *pair = telit->cursor;
                const char *end = strchrnul(pair, SETTINGS_END);

                telit->cursor = *end ? end + 1 : end;
                if (!parse_pair(&next, pair, (size_t) (end - pair)))
                        continue;
                telit->setting = next;
                return true;
        }
        telit->setting = (TelitSetting) { 0 };
        return false;
}

/* reading */

static Reason hear_view(FamilyModule *module, const ChatReply *reply) {
        Text view;

        text_init(&view, telit_of(module)->view, TELIT_VIEW_MAX);
        for (size_t i = 0; i < reply->n_lines && reply->outcome == CHAT_OK; i++)
                text_printf(&view, "%s ", reply->lines[i]);
        return REASON_NONE;
}

/* "&K3" as a word of its own; "" when it is not there. */
static void look_up(const char *view, const char *name, char ret[static SETTING_VALUE_MAX]) {
        const size_t n = strlen(name);

        ret[0] = '\0';
        for (const char *p = view; *p;) {
                p += strspn(p, " ,;:\t");
                const size_t word = strcspn(p, " ,;:\t");
                if (word > n && word < n + 5 && strncasecmp(p, name, n) == 0 &&
                    strspn(p + n, "0123456789") == word - n) {
                        (void) snprintf(ret, SETTING_VALUE_MAX, "%.*s", (int) (word - n), p + n);
                        return;
                }
                p += word;
        }
}

static void look_at_view(Telit *telit) {
        if (is_in_view(telit->setting.name))
                look_up(telit->view, telit->setting.name, telit->setting.value);
}

static bool phrase_read(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const char *name = telit_of(module)->setting.name;

        text_printf(to, "AT%s?", name);
        return name[0] != '\0' && !is_in_view(name);
}

static unsigned fields_of(const char *name) {
        for (size_t i = 0; i < ELEMENTSOF(short_ones); i++)
                if (strcasecmp(short_ones[i].name, name) == 0)
                        return short_ones[i].fields;
        return 0;
}

static void cut_fields(char *value, unsigned fields) {
        for (char *p = value; fields > 0 && *p; p++)
                if (*p == ',' && --fields == 0)
                        *p = '\0';
}

/* An answer of several lines (one for each profile or class) can't be written back as one. */
static Reason hear_read(FamilyModule *module, const ChatReply *reply) {
        TelitSetting *setting = &telit_of(module)->setting;
        char prefix[SETTING_NAME_MAX + 2];
        const char *line;

        setting->value[0] = '\0';
        (void) snprintf(prefix, sizeof(prefix), "%s:", setting->name);
        line = reply_line(reply, is_register(setting->name) ? NULL : prefix);
        if (reply->outcome != CHAT_OK || reply->n_lines != 1 ||
            strlen(line) >= sizeof(setting->value) || !is_storable(line))
                return REASON_NONE;
        (void) TEXT_COPY(setting->value, line);
        cut_fields(setting->value, fields_of(setting->name));
        return REASON_NONE;
}

/* VERB_SAVE */

static Reason begin_save(FamilyModule *module, const ChatReply *reply) {
        telit_of(module)->index = 0;
        (void) hear_view(module, reply);
        (void) take_name(module);
        return REASON_NONE;
}
static Reason tell_saved(FamilyModule *module, const ChatReply *reply _unused_) {
        Telit *telit = telit_of(module);

        look_at_view(telit);
        if (telit->setting.value[0])
                module->host->on_setting(module->userdata, telit->setting.name,
                                         telit->setting.value, SETTING_READ);
        telit->index++;
        if (take_name(module))
                dialogue_repeat(module, telit_script_save + 1);
        return REASON_NONE;
}

const Step telit_script_save[] = {
        { .say = "AT&V", .hear = begin_save, .informs = true },
        { .phrase = phrase_read, .hear = hear_read, .informs = true },
        { .hear = tell_saved },
        STEP_END,
};

/* VERB_RESTORE */

static Reason begin_restore(FamilyModule *module, const ChatReply *reply) {
        Telit *telit = telit_of(module);

        telit->cursor = telit->context.dialogue.args.settings;
        (void) hear_view(module, reply);
        (void) take_pair(telit);
        return REASON_NONE;
}
static bool phrase_write(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        Telit *telit = telit_of(module);
        TelitSetting *setting = &telit->setting;

        look_at_view(telit);
        text_printf(to, "AT%s%s%s", setting->name, is_in_view(setting->name) ? "" : "=",
                    setting->saved);
        setting->written = setting->name[0] && !streq(setting->value, setting->saved);
        return setting->written;
}
/* One that is never answered must not keep the others from coming back. */
static Reason hear_write(FamilyModule *module, const ChatReply *reply) {
        telit_of(module)->setting.refused = reply->outcome != CHAT_OK;
        return REASON_NONE;
}
static bool is_to_be_checked(const TelitSetting *setting) {
        return setting->written && !setting->refused;
}
static bool phrase_view_again(FamilyModule *module, const VerbArgs *args _unused_, Text *to) {
        const TelitSetting *setting = &telit_of(module)->setting;

        text_add(to, "AT&V");
        return is_to_be_checked(setting) && is_in_view(setting->name);
}
static bool phrase_read_again(FamilyModule *module, const VerbArgs *args, Text *to) {
        return is_to_be_checked(&telit_of(module)->setting) && phrase_read(module, args, to);
}
static SettingFate fate_of(const TelitSetting *setting) {
        if (!setting->written)
                return SETTING_SAME;
        if (setting->refused)
                return SETTING_REFUSED;
        return streq(setting->value, setting->saved) ? SETTING_RESTORED : SETTING_DIFFERENT;
}
static Reason tell_restored(FamilyModule *module, const ChatReply *reply _unused_) {
        Telit *telit = telit_of(module);
        TelitSetting *setting = &telit->setting;

        look_at_view(telit);
        if (setting->name[0])
                module->host->on_setting(module->userdata, setting->name, setting->value,
                                         fate_of(setting));
        if (take_pair(telit))
                dialogue_repeat(module, telit_script_restore + 1);
        return REASON_NONE;
}

const Step telit_script_restore[] = {
        /* clang-format off */
        { .say = "AT&V",                .hear = begin_restore, .informs = true },
        { .phrase = phrase_read,        .hear = hear_read, .informs = true },
        { .phrase = phrase_write,       .hear = hear_write, .hears_silence = true },
        { .phrase = phrase_view_again,  .hear = hear_view, .informs = true },
        { .phrase = phrase_read_again,  .hear = hear_read, .informs = true },
        { .hear = tell_restored },
        STEP_END,
        /* clang-format on */
};
