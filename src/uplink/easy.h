/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The options of a libcurl easy handle that carries reports. */

#include <curl/curl.h>

#include "core/settings.h"

/* `headers` is borrowed by the handle. -EINVAL: not a URL; -EOPNOTSUPP: libcurl is too old. */
_must_use_ int easy_prepare(CURL *easy, const UplinkSettings *settings, struct curl_slist *headers);
/* Appends the header lines of every request; free with curl_slist_free_all() even after -ENOMEM. */
_must_use_ int easy_headers(struct curl_slist **headers, const char *content_type);
