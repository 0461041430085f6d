/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ring of the last lines, and what it must never hold. */

#include "at/transcript.h"

#include <stdio.h>

#include "test.h"

static const char *redacted(const char *line) {
        static char to[256];

        transcript_redact(to, sizeof to, line);
        return to;
}

TEST(lines_come_back_in_order) {
        _cleanup_(transcript_freep) Transcript *transcript = transcript_new();
        TranscriptLine line;

        CHECK(!transcript_next(transcript, 0, &line));
        transcript_add(transcript, 7, DIRECTION_TO_MODULE, "AT");
        transcript_add(transcript, 8, DIRECTION_FROM_MODULE, "OK");
        CHECK(transcript_next(transcript, 0, &line));
        CHECK_STR(line.text, "AT");
        CHECK_INT(line.sequence, 1);
        CHECK_INT(line.realtime, 7);
        CHECK_INT(line.direction, DIRECTION_TO_MODULE);
        CHECK(transcript_next(transcript, 1, &line));
        CHECK_STR(line.text, "OK");
        CHECK(!transcript_next(transcript, 2, &line));
        CHECK(!transcript_next(transcript, UINT64_MAX, &line));
}

/* Reads all that is held and checks that nothing is missing or mixed up. */
static void check_held(const Transcript *transcript, unsigned last, unsigned width) {
        char expected[1200];
        TranscriptLine line = {};
        unsigned n = 0;

        while (transcript_next(transcript, line.sequence, &line)) {
                CHECK(n == 0 || line.realtime == line.sequence);
                (void) snprintf(expected, sizeof expected, "%0*u", (int) width,
                                (unsigned) line.sequence);
                CHECK_STR(line.text, expected);
                n++;
        }
        CHECK_INT(line.sequence, last);
        CHECK(n > 20 && n * width <= TRANSCRIPT_BYTES_MAX);
}

TEST(the_oldest_give_way) {
        static const unsigned widths[] = { 5, 31, 400, TRANSCRIPT_LINE_MAX - 1 };

        for (size_t i = 0; i < ELEMENTSOF(widths); i++) {
                _cleanup_(transcript_freep) Transcript *transcript = transcript_new();
                char text[1200];

                for (unsigned n = 1; n <= 10000; n++) {
                        (void) snprintf(text, sizeof text, "%0*u", (int) widths[i], n);
                        transcript_add(transcript, n, DIRECTION_FROM_MODULE, text);
                }
                check_held(transcript, 10000, widths[i]);
        }
}

TEST(an_overlong_line_is_cut) {
        _cleanup_(transcript_freep) Transcript *transcript = transcript_new();
        char text[3000];
        TranscriptLine line;

        memset(text, 'y', sizeof text - 1);
        text[sizeof text - 1] = '\0';
        transcript_add(transcript, 1, DIRECTION_NOTE, text);
        CHECK(transcript_next(transcript, 0, &line));
        CHECK_INT(strlen(line.text), TRANSCRIPT_LINE_MAX - 1);
}

TEST(secrets_are_replaced) {
        CHECK_STR(redacted("AT+CPIN=1234"), "AT+CPIN=****");
        CHECK_STR(redacted("at+cpin=\"12345678\",\"0000\""), "at+cpin=****");
        CHECK_STR(redacted("AT+CPIN2=1234"), "AT+CPIN2=****");
        CHECK_STR(redacted("\x80garbageAT+CPIN = 1234"), "\x80garbageAT+CPIN = ****");
        CHECK_STR(redacted("AT+CLCK=\"SC\",1,\"1234\""), "AT+CLCK=****");
        CHECK_STR(redacted("AT+CPWD=\"SC\",\"1\",\"2\""), "AT+CPWD=****");
        CHECK_STR(redacted("AT+CGAUTH=1,1,\"u\",\"p\""), "AT+CGAUTH=****");
        CHECK_STR(redacted("+CGAUTH: 1,1,\"u\",\"p\""), "+CGAUTH: ****");
        CHECK_STR(redacted("AT+WDSS=0,\"apn\",\"u\",\"p\""), "AT+WDSS=****");
        CHECK_STR(redacted("AT#OTASNAIPCFG=1,apn,u,p"), "AT#OTASNAIPCFG=****");
        CHECK_STR(redacted("AT#OTASNAPIPCFG=1,apn,u,p"), "AT#OTASNAPIPCFG=****");
        CHECK_STR(redacted("AT+CPUK=\"12345678\""), "AT+CPUK=****");
        CHECK_STR(redacted("AT+WPPP=1,1,\"u\",\"p\""), "AT+WPPP=****");
        CHECK_STR(redacted("+WPPP: 1,1,\"u\",\"p\""), "+WPPP: ****");
        CHECK_STR(redacted("AT+KFTPCFG=0,\"host\",\"u\",\"p\""), "AT+KFTPCFG=****");
        CHECK_STR(redacted("AT#EPASSW=\"p\""), "AT#EPASSW=****");
        CHECK_STR(redacted("AT#FTPOPEN=\"host\",\"u\",\"p\",0"), "AT#FTPOPEN=****");
        CHECK_STR(redacted("AT#SGACT=1,1,\"u\",\"p\""), "AT#SGACT=****");
        CHECK_STR(redacted("AT#PASSW=\"p\""), "AT#PASSW=****");
        CHECK_STR(redacted("AT^SICI=1"), "AT^SICI=****");
        CHECK_STR(redacted("AT+CMEE=1;+CPIN=1234;+CGMR"), "AT+CMEE=1;+CPIN=****");
}

/* A command that nobody knows may have a password behind its user. */
TEST(a_text_behind_a_text_is_taken_for_a_secret) {
        CHECK_STR(redacted("AT+XLOGIN=1,\"host\",\"u\",\"p\""), "AT+XLOGIN=1,\"host\",****");
        CHECK_STR(redacted("AT+CGMR;+XLOGIN=\"u\",\"p\""), "AT+CGMR;+XLOGIN=\"u\",****");
        CHECK_STR(redacted("AT+COPS=1,2,\"20801\""), "AT+COPS=1,2,\"20801\"");
        CHECK_STR(redacted("AT+CGDCONT=1,\"IP\",\"apn\""), "AT+CGDCONT=1,\"IP\",\"apn\"");
}

TEST(what_is_no_secret_stays) {
        static const char *const lines[] = {
                "AT+CPIN?",    "+CPIN: SIM PIN", "AT+CPIN=?", "AT+WDSS=1,1",
                "AT+WDSS=2,1", "+WDSS: 1,0",     "+CLCK: 1",  "AT#SGACT?",
                "#SGACT: 1,0", "+CPINR: 3",      ""
        };

        for (size_t i = 0; i < ELEMENTSOF(lines); i++)
                CHECK_STR(redacted(lines[i]), lines[i]);
}

TEST(redaction_in_place_and_in_little_room) {
        char line[] = "AT+CPIN=1234";
        char small[12];

        transcript_redact(line, sizeof line, line);
        CHECK_STR(line, "AT+CPIN=****");
        transcript_redact(small, sizeof small, "AT+CPIN=1234");
        CHECK_STR(small, "AT+CPIN=***");
        transcript_redact(small, 5, "AT+CPIN=1234");
        CHECK_STR(small, "AT+C");
}

TEST(the_ring_redacts) {
        _cleanup_(transcript_freep) Transcript *transcript = transcript_new();
        TranscriptLine line;

        transcript_add(transcript, 1, DIRECTION_FROM_MODULE, "AT+CPIN=1234");
        CHECK(transcript_next(transcript, 0, &line));
        CHECK_STR(line.text, "AT+CPIN=****");
}

TEST_MAIN()
