/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The settings of the simulated Telit module: each has a value, a factory value, and either
 * survives an update (the note's 8.1) or not. All of them survive a power cut. Lists of numbers may
 * be given from the front: AT+CNMI=2 leaves the others alone. */

#include "fotasim/telit.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBERS_MAX 8

typedef enum SettingKind {
        SETTING_NUMBERS,
        SETTING_WORD, /* in quotes, given without them or not */
        SETTING_TEXT, /* as it was given */
} SettingKind;

typedef enum Extra {
        EXTRA_NONE,
        EXTRA_REGISTRATION,
        EXTRA_CLIP,
        EXTRA_SIM,
} Extra;

typedef struct Setting {
        const char *name, *factory, *test;
        SettingKind kind;
        unsigned least, max; /* of each number; least: unless it is 0 */
        Extra extra;         /* behind the value in the read form */
        bool kept;
} Setting;

/* clang-format off */
static const Setting settings[] = {
        { "ATE",             "1",              .max = 1 },
        { "ATL",             "1",              .max = 3 },
        { "ATM",             "1",              .max = 2 },
        { "ATQ",             "0",              .max = 0 },
        { "ATV",             "1",              .max = 1 },
        { "ATX",             "1",              .max = 4 },
        { "AT&C",            "1",              .max = 2 },
        { "AT&D",            "0",              .max = 5 },
        { "AT&K",            "3",              .max = 6 },
        { "ATS0",            "0",              .max = 255 },
        { "AT+CMEE",         "0",              "(0-2)", .max = 2 },
        { "AT+CREG",         "0",              "(0-2)", .max = 2, .extra = EXTRA_REGISTRATION },
        { "AT+CGREG",        "0",              "(0-2)", .max = 2, .extra = EXTRA_REGISTRATION },
        { "AT+CMGF",         "0",              "(0,1)", .max = 1 },
        { "AT+CNMI",         "0,0,0,0,0",      "(0-2),(0-3),(0-3),(0-2),(0-1)", .max = 3 },
        { "AT+CSMP",         "17,167,0,0",     "(0-255),(0-255),(0-255),(0-255)", .max = 255 },
        { "AT+CSCS",         "\"IRA\"",        "(\"GSM\",\"IRA\",\"8859-1\",\"PCCP437\",\"UCS2\")",
          .kind = SETTING_WORD },
        { "AT+CLIP",         "0",              "(0,1)", .max = 1, .extra = EXTRA_CLIP },
        { "AT+CGCLASS",      "\"B\"",          "(\"B\",\"CG\",\"CC\")", .kind = SETTING_WORD },
        { "AT#GAUTOATT",     "1",              "(0,1)", .max = 1 },
        { "AT#OTASUAN",      "",               NULL, .kind = SETTING_TEXT },
        { "AT#OTASETRI",     "0",              "(0,50-1150)", .least = 50, .max = 1150 },
        { "AT#SIMDET",       "2",              "(0-2)", .max = 2, .extra = EXTRA_SIM },
        { "AT#SLED",         "2",              "(0-4),(1-100),(1-100)", .max = 100 },

        { "AT+COPS",         "0",              NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT+IPR",          "0",              "(0,300,1200,2400,4800,9600,19200,38400,57600,115200)",
          .least = 300, .max = 115200, .kept = true },
        { "AT#ESCRPT",       "\"\"",           NULL, .kind = SETTING_WORD, .kept = true },
        { "AT#STARTMODESCR", "0,10",           "(0-2),(10-60)", .max = 60, .kept = true },
        { "AT#CMUXSCR",      "0,115200",       "(0,1),(115200)", .max = 115200, .kept = true },
        { "AT#BND",          "0",              "(0-3)", .max = 3, .kept = true },
        { "AT#AUTOBND",      "0",              "(0-2)", .max = 2, .kept = true },
        { "AT#ENS",          "0",              "(0,1)", .max = 1, .kept = true },
        { "AT#SMSMODE",      "0",              "(0,1)", .max = 1, .kept = true },
        { "AT#SELINT",       "0",              "(0-2)", .max = 2, .kept = true },
        { "AT#COPSMODE",     "0",              "(0,1)", .max = 1, .kept = true },
        { "AT#ENHSIM",       "0",              "(0-2)", .max = 2, .kept = true },
        { "AT#SMSATRUNCFG",  "1,0,5",          "(1-3),(0,1),(1-60)", .max = 60, .kept = true },
        { "AT#SMSATWL",      "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#TCPATRUNCFG",  "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#TCPATRUNFRWL", "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#TCPATRUNAUTH", "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#GSMCONT",      "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#DNS",          "",               NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#SGACTCFG",     "1,0,180,0",      NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#SCFG",         "1,1,300,90,600,50", NULL, .kind = SETTING_TEXT, .kept = true },
        { "AT#SCFGEXT",      "1,0,0,0",        NULL, .kind = SETTING_TEXT, .kept = true },
};
/* clang-format on */

_Static_assert(ELEMENTSOF(settings) <= TELIT_SETTING_MAX, "more settings than fit the memory");

static size_t place(const char *name) {
        size_t i = 0;

        while (!streq(settings[i].name, name)) {
                i++;
                assert(i < ELEMENTSOF(settings));
        }
        return i;
}

const char *telit_setting(const SimModule *module, const char *name) {
        return module->memory.telit.settings[place(name)];
}

void telit_setting_store(SimModule *module, const char *name, const char *value) {
        (void) TEXT_COPY(module->memory.telit.settings[place(name)], value);
}

static void factory(SimModule *module, bool all) {
        const SimScenario *scenario = module->scenario;
        char value[8];

        for (size_t i = 0; i < ELEMENTSOF(settings); i++)
                if (all || !settings[i].kept)
                        (void) TEXT_COPY(module->memory.telit.settings[i], settings[i].factory);
        telit_setting_store(module, "ATE", scenario->echo ? "1" : "0");
        (void) snprintf(value, sizeof(value), "%u", scenario->cmee);
        telit_setting_store(module, "AT+CMEE", value);
        (void) snprintf(value, sizeof(value), "%u,0", scenario->telit.otasuan_mode);
        telit_setting_store(module, "AT#OTASUAN", value);
        *module->memory.telit.bearer = '\0';
        *module->memory.telit.server_address = '\0';
        module->memory.telit.server_port = 0;
}

void telit_settings_init(SimModule *module) {
        factory(module, true);
}

void telit_settings_reset(SimModule *module) {
        factory(module, false);
}

void telit_settings_apply(SimModule *module) {
        module->echo = *telit_setting(module, "ATE") == '1';
        module->terse = *telit_setting(module, "ATV") == '0';
        module->cmee = (unsigned) (*telit_setting(module, "AT+CMEE") - '0');
}

/* set */

static int numbers_store(const Setting *setting, char *value, const char *arguments) {
        unsigned old[NUMBERS_MAX], numbers[NUMBERS_MAX];
        char list[TELIT_VALUE_MAX + 1];
        int n, n_old;
        Text text;

        (void) snprintf(list, sizeof(list), "=%.38s", value);
        n_old = module_numbers(list, old, NUMBERS_MAX);
        n = module_numbers(arguments, numbers, NUMBERS_MAX);
        if (n < 1 || n_old < 1 || (n > n_old && !strchr(setting->test ? setting->test : "", ',')))
                return CME_NOT_ALLOWED;
        for (int i = 0; i < n; i++)
                if (numbers[i] > setting->max || (numbers[i] > 0 && numbers[i] < setting->least))
                        return CME_NOT_ALLOWED;
        text_init(&text, list, TELIT_VALUE_MAX);
        for (int i = 0; i < MAX_OF(n, n_old); i++)
                text_printf(&text, "%s%u", i > 0 ? "," : "", i < n ? numbers[i] : old[i]);
        if (text.truncated)
                return CME_NOT_ALLOWED;
        (void) text_copy(value, TELIT_VALUE_MAX, list);
        return 0;
}

static int text_store(const Setting *setting, char *value, const char *given) {
        char word[TELIT_VALUE_MAX];

        if (strlen(given) + 3 > TELIT_VALUE_MAX)
                return CME_NOT_ALLOWED;
        if (setting->kind == SETTING_TEXT) {
                (void) text_copy(value, TELIT_VALUE_MAX, given);
                return 0;
        }
        (void) module_string(given, word, sizeof(word));
        (void) snprintf(value, TELIT_VALUE_MAX, "\"%.36s\"", word);
        return 0;
}

static int setting_set(SimModule *module, const Setting *setting, const char *arguments) {
        char *value = module->memory.telit.settings[setting - settings];
        int r;

        if (setting->kind == SETTING_NUMBERS)
                r = numbers_store(setting, value, arguments);
        else
                r = text_store(setting, value, arguments + 1);
        telit_settings_apply(module);
        return r;
}

/* read */

static void setting_read(const SimModule *module, const Setting *setting, Text *reply) {
        const char *value = module->memory.telit.settings[setting - settings];
        bool attached = module_attached(module);

        if (streq(setting->name, "ATS0")) {
                text_printf(reply, "%03lu\r\n", strtoul(value, NULL, 10));
                return;
        }
        if (*value == '\0')
                return;
        text_printf(reply, "%s: %s", setting->name + 2, value);
        if (setting->extra == EXTRA_REGISTRATION)
                text_printf(reply, ",%u", module_registration(module));
        else if (setting->extra == EXTRA_CLIP)
                text_printf(reply, ",%u", attached ? 1U : 2U);
        else if (setting->extra == EXTRA_SIM)
                text_printf(reply, ",%u", module->memory.telit.sim_out ? 0U : 1U);
        text_add(reply, "\r\n");
}

/* ATE0, AT&K3: a letter and a digit, none is 0 */
static bool basic(const Setting *setting, const char *rest, char arguments[static 4]) {
        bool letter = strlen(setting->name) == 3 || setting->name[2] == '&';

        if (!letter || (*rest && (!isdigit((unsigned char) *rest) || rest[1])))
                return false;
        (void) snprintf(arguments, 4, "=%c", *rest ? *rest : '0');
        return true;
}

int telit_setting_command(SimModule *module, const char *command, Text *reply) {
        for (size_t i = 0; i < ELEMENTSOF(settings); i++) {
                const Setting *setting = settings + i;
                size_t n = strlen(setting->name);
                char arguments[4];
                const char *rest;

                if (strncmp(command, setting->name, n) != 0)
                        continue;
                rest = command + n;
                if (basic(setting, rest, arguments))
                        return setting_set(module, setting, arguments);
                if (streq(rest, "?"))
                        setting_read(module, setting, reply);
                else if (streq(rest, "=?"))
                        text_printf(reply, "%s%s%s%s", setting->test ? setting->name + 2 : "",
                                    setting->test ? ": " : "", setting->test ? setting->test : "",
                                    setting->test ? "\r\n" : "");
                else if (*rest == '=')
                        return setting_set(module, setting, rest);
                else
                        continue;
                return 0;
        }
        return -ENOENT;
}

int telit_profile(SimModule *module, const char *arguments _unused_, Text *reply) {
        static const char *const names[] = { "ATE", "ATL",  "ATM",  "ATQ", "ATV",
                                             "ATX", "AT&C", "AT&D", "AT&K" };

        text_add(reply, "ACTIVE PROFILE:\r\n");
        for (size_t i = 0; i < ELEMENTSOF(names); i++)
                text_printf(reply, "%s%s ", names[i] + 2, telit_setting(module, names[i]));
        text_printf(reply, "&S3 \\R1\r\nS00:%03lu S01:000 S02:043 S03:013 S04:010 S05:008\r\n",
                    strtoul(telit_setting(module, "ATS0"), NULL, 10));
        return 0;
}
