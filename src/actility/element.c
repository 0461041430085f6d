/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How values are written, by their types.
 *
 * Owns nothing. Floats have six decimals, as network servers write them; frequencies have as many
 * as they need. Lrrs.Lrr is an array even for one gateway: application servers lose the field
 * otherwise. */

#include "actility/element.h"

#include <assert.h>

#define REAL_DIGITS 6
#define OBJECT_MAX 1024 /* CustomerData, DriverCfg */
#define NUMBER_MAX 32

char *eui_lower_case(char to[static EUI_MAX], const char *eui) {
        (void) text_copy(to, EUI_MAX, eui);
        for (char *c = to; *c != '\0'; c++)
                if (*c >= 'A' && *c <= 'Z')
                        *c = (char) (*c - 'A' + 'a');
        return to;
}

/* strings */

static bool is_empty(const char *string) {
        return !string || string[0] == '\0';
}

void element_string(Writer *writer, const Element *element, const void *value) {
        const char *string = *(const char *const *) value;

        if (!is_empty(string))
                writer_string(writer, element->name, string);
}

void element_lower_case(Writer *writer, const Element *element, const void *value) {
        const char *eui = *(const char *const *) value;
        char lower[EUI_MAX];

        if (!is_empty(eui))
                writer_string(writer, element->name, eui_lower_case(lower, eui));
}

void element_bytes(Writer *writer, const Element *element, const void *value) {
        const Bytes *bytes = value;

        if (bytes->n > 0 || element->always)
                writer_hex(writer, element->name, bytes->data, bytes->n);
}

void element_time(Writer *writer, const Element *element, const void *value) {
        const OptionalTime *time = value;
        char text[ISO_TEXT_MAX];

        if (time->set || element->always)
                writer_string(writer, element->name,
                              iso_format(text, time->realtime, time->utc_offset_sec));
}

void element_cause(Writer *writer, const Element *element, const void *value) {
        uint8_t cause = (uint8_t) * (const DeliveryCause *) value;
        char digits[NUMBER_MAX];
        Text text;

        text_init(&text, digits, sizeof digits);
        text_printf(&text, "%02X", cause);
        writer_string(writer, element->name, digits);
}

/* numbers */

void element_flag(Writer *writer, const Element *element, const void *value) {
        bool set = *(const bool *) value;

        if (set || element->always)
                writer_number(writer, element->name, set ? "1" : "0");
}

void element_number(Writer *writer, const Element *element, const void *value) {
        char digits[NUMBER_MAX];
        Text text;

        text_init(&text, digits, sizeof digits);
        text_add_number(&text, *(const uint32_t *) value, 1);
        writer_number(writer, element->name, digits);
}

void element_count(Writer *writer, const Element *element, const void *value) {
        const OptionalCount *count = value;

        if (count->set)
                element_number(writer, element, &count->value);
}

/* 6.1.3: "If Margin < 32: the value is kept as is. Else the actual Margin value is Margin - 64." */
void element_margin(Writer *writer, const Element *element, const void *value) {
        const OptionalMargin *margin = value;
        uint32_t bits = (uint32_t) margin->db & 63;

        if (margin->set)
                element_number(writer, element, &bits);
}

void element_real(Writer *writer, const Element *element, const void *value) {
        const OptionalReal *real = value;
        char digits[NUMBER_MAX];
        Text text;

        if (!real->set || !fixed_is_writable(real->value, REAL_DIGITS))
                return;
        text_init(&text, digits, sizeof digits);
        text_add_fixed(&text, real->value, REAL_DIGITS);
        writer_number(writer, element->name, digits);
}

/* "868.3", "868.0" */
void element_frequency(Writer *writer, const Element *element, const void *value) {
        const OptionalFrequency *frequency = value;
        char digits[NUMBER_MAX];
        Text text;

        if (!frequency->set || !fixed_is_writable(frequency->mhz, REAL_DIGITS))
                return;
        text_init(&text, digits, sizeof digits);
        text_add_fixed(&text, frequency->mhz, REAL_DIGITS);
        while (digits[text.length - 1] == '0' && digits[text.length - 2] != '.')
                digits[--text.length] = '\0';
        writer_number(writer, element->name, digits);
}

/* objects */

static void object_string(Json *json, const char *key, const char *value) {
        if (!is_empty(value))
                json_field_string(json, key, value);
}

static void object_begin(Json *json, Text *text, char data[static OBJECT_MAX]) {
        text_init(text, data, OBJECT_MAX);
        json_init(json, text);
        json_object_begin(json);
}

/* A cut object makes the whole document a cut one. */
static void object_end(Writer *writer, const Element *element, Json *json) {
        json_object_end(json);
        writer_json(writer, element->name, json->text->data);
        writer->json.text->truncated |= json->text->truncated;
}

void element_customer_data(Writer *writer, const Element *element, const void *value) {
        const CustomerData *customer = *(const CustomerData *const *) value;
        char data[OBJECT_MAX];
        Text text;
        Json json;

        if (!customer)
                return;
        object_begin(&json, &text, data);
        if (!is_empty(customer->latitude) || !is_empty(customer->longitude)) {
                json_key(&json, "loc");
                json_object_begin(&json);
                object_string(&json, "lat", customer->latitude);
                object_string(&json, "lon", customer->longitude);
                json_object_end(&json);
        }
        if (!is_empty(customer->product) || !is_empty(customer->version)) {
                json_key(&json, "alr");
                json_object_begin(&json);
                object_string(&json, "pro", customer->product);
                object_string(&json, "ver", customer->version);
                json_object_end(&json);
        }
        object_end(writer, element, &json);
}

static void driver_part(Json *json, const char *key, const DriverPart *part) {
        json_key(json, key);
        json_object_begin(json);
        object_string(json, "pId", part->producer);
        object_string(json, "mId", part->module);
        object_string(json, "ver", part->version);
        json_object_end(json);
}

void element_driver(Writer *writer, const Element *element, const void *value) {
        const DriverConfiguration *driver = *(const DriverConfiguration *const *) value;
        char data[OBJECT_MAX];
        Text text;
        Json json;

        if (!driver)
                return;
        object_begin(&json, &text, data);
        driver_part(&json, "mod", &driver->device);
        driver_part(&json, "app", &driver->application);
        object_end(writer, element, &json);
}

static const Element lrr_elements[] = {
        { ELEMENT_OF(Lrr, "Lrrid", id) },     { ELEMENT_OF(Lrr, "Chain", chain) },
        { ELEMENT_OF(Lrr, "LrrRSSI", rssi) }, { ELEMENT_OF(Lrr, "LrrSNR", snr) },
        { ELEMENT_OF(Lrr, "LrrESP", esp) },
};

void element_lrrs(Writer *writer, const Element *element, const void *value) {
        const UplinkDocument *uplink = value;

        assert(uplink->n_lrrs <= DOCUMENT_LRRS_MAX);
        if (uplink->n_lrrs == 0)
                return;
        writer_object_begin(writer, element->name);
        writer_list_begin(writer, "Lrr");
        for (size_t i = 0; i < uplink->n_lrrs; i++) {
                writer_item_begin(writer, "Lrr");
                elements_write(writer, lrr_elements, ELEMENTSOF(lrr_elements), &uplink->lrrs[i]);
                writer_item_end(writer, "Lrr");
        }
        writer_list_end(writer);
        writer_object_end(writer, element->name);
}

static void device_status(Writer *writer, const NotificationDocument *notification) {
        char battery[NUMBER_MAX], margin[NUMBER_MAX];
        Text text;

        text_init(&text, battery, sizeof battery);
        text_printf(&text, "%u", notification->battery);
        text_init(&text, margin, sizeof margin);
        text_printf(&text, "%d", notification->margin_db);
        writer_string(writer, "Var1", battery);
        writer_string(writer, "Var2", margin);
}

/* Var1 is there even when it says nothing; Var2 belongs to the device status alone. */
void element_notification(Writer *writer, const Element *element, const void *value) {
        const NotificationDocument *notification = value;

        switch (notification->type) {
        case NOTIFICATION_RESET:
                writer_string(writer, element->name, "reset");
                writer_string(writer, "Var1",
                              notification->by_admin ? "admin_reset" : "automatic_reset");
                break;
        case NOTIFICATION_JOIN:
                writer_string(writer, element->name, "join");
                writer_string(writer, "Var1", notification->app_key ? notification->app_key : "");
                break;
        case NOTIFICATION_DEVICE_STATUS:
                writer_string(writer, element->name, "devstatusans");
                device_status(writer, notification);
                break;
        }
}

void elements_write(Writer *writer, const Element *elements, size_t n, const void *from) {
        for (size_t i = 0; i < n; i++)
                elements[i].write(writer, &elements[i], (const char *) from + elements[i].offset);
}
