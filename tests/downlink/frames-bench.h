/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A gateway with simulated modules, and an application server that sends them downlinks. */

#include "core/sent.h"
#include "sim/world.h"

#define BENCH_EUI "000000000F1D8693"
#define BENCH_OTHER_EUI "000000000F1D8694"

/* Two idle modules, on demand; the first has BENCH_EUI. */
World *frames_bench_new(bool class_a);
void frames_bench_start(World *world); /* until both are idle */

/* "DevEUI=...&FPort=20&Payload=01NN" */
#define BENCH_TEXT_MAX 256
const char *frames_bench_frame(char to[static BENCH_TEXT_MAX], unsigned opcode);
/* A request with AS_ID and Time, as it is signed. */
const char *frames_bench_request(char to[static BENCH_TEXT_MAX], const World *world,
                                 const char *query);
/* Sends `opcode` to the first module; the code. */
DownlinkCode frames_bench_send(World *world, unsigned opcode);

/* Reports on disk, over all runs. */
size_t frames_bench_count_sent(const World *world);
size_t frames_bench_count_answers(const World *world);
/* The nth of its kind from the end, 0 the last; a row of zeros when there is none. */
SentReport frames_bench_sent(const World *world, size_t from_end);
ReportRow frames_bench_answer(const World *world, size_t from_end);
size_t frames_bench_count_jobs(World *world);
