/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One field of a report: its name, how a value of its type is written, and where it is. A row gets
 * the function from the type of its member, so that a table can not lie about it. */

#include "actility/writer.h"

#define EUI_MAX 17

typedef struct Element Element;

struct Element {
        const char *name;
        void (*write)(Writer *writer, const Element *element, const void *value);
        size_t offset;
        bool always; /* also when it is empty or false */
};

/* clang-format off */
#define ELEMENT_WRITE(member) _Generic((member),                \
        const char *: element_string,                           \
        Bytes: element_bytes,                                   \
        bool: element_flag,                                     \
        uint32_t: element_number,                               \
        OptionalCount: element_count,                           \
        OptionalReal: element_real,                             \
        OptionalFrequency: element_frequency,                   \
        OptionalMargin: element_margin,                         \
        OptionalTime: element_time,                             \
        const CustomerData *: element_customer_data,            \
        const DriverConfiguration *: element_driver)
/* clang-format on */
/* Both are the designators of one row. */
#define ELEMENT_AS(Type, text, function, member) \
        .name = (text), .write = (function), .offset = offsetof(Type, member)
#define ELEMENT_OF(Type, text, member) \
        ELEMENT_AS(Type, text, ELEMENT_WRITE(((Type *) NULL)->member), member)

/* `value` points to the member. */
void element_string(Writer *writer, const Element *element, const void *value);
void element_bytes(Writer *writer, const Element *element, const void *value);
void element_flag(Writer *writer, const Element *element, const void *value);
void element_number(Writer *writer, const Element *element, const void *value);
void element_count(Writer *writer, const Element *element, const void *value);
void element_real(Writer *writer, const Element *element, const void *value);
void element_frequency(Writer *writer, const Element *element, const void *value);
void element_margin(Writer *writer, const Element *element, const void *value);
void element_time(Writer *writer, const Element *element, const void *value);
void element_customer_data(Writer *writer, const Element *element, const void *value);
void element_driver(Writer *writer, const Element *element, const void *value);

/* not by type */
void element_lower_case(Writer *writer, const Element *element, const void *value); /* an EUI */
void element_cause(Writer *writer, const Element *element, const void *value); /* DeliveryCause */
void element_lrrs(Writer *writer, const Element *element, const void *value);  /* UplinkDocument */
void element_notification(Writer *writer, const Element *element, const void *value); /* with Var1,
                                                                                       * Var2
                                                                                       */

/* The elements of the struct at `from`. */
void elements_write(Writer *writer, const Element *elements, size_t n, const void *from);

/* Returns `to`. */
char *eui_lower_case(char to[static EUI_MAX], const char *eui);
