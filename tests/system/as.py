#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An application server for the tests, of Python's standard library alone.

    as.py pin VECTORS                 the formula below gives the specification's tokens
    as.py serve --key-file F --log L --behaviour B --format json|json-untyped|xml [--port N]
    as.py judge LOG [WORD...]         the log is sound, and has what the words ask for

It shares nothing with fotad: query, token and documents are read by its own means. What it answers
stands in the behaviour file, which is read for every request:

    status CODE            to every report
    status KIND CODE       ... of one kind: uplink, downlink-sent, location, notification
    delay MSEC             before the answer
"""

import argparse
import calendar
import hashlib
import http.server
import json
import pathlib
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree

KINDS = {
    "DevEUI_uplink": "uplink",
    "DevEUI_downlink_Sent": "downlink-sent",
    "DevEUI_location": "location",
    "DevEUI_notification": "notification",
}
# What is hashed of the body, 6.5.2.
SIGNED = {
    "uplink": ["CustomerID", "DevEUI", "FPort", "FCntUp", "payload_hex"],
    "downlink-sent": ["CustomerID", "DevEUI", "FPort", "FCntDn"],
    "location": ["CustomerID", "DevEUI"],
    "notification": ["CustomerID", "DevEUI"],
}
# The syntax of these is NUMBER; of all that fotad sends, the rest is STRING.
NUMBERS = """
    ACKbit BatteryLevel DevLrrCnt DevLAT DevLON DevAlt FCntDn FCntUp FPort Late LrrLAT LrrLON LrrRSSI
    Chain Margin DeliveryStatus TransmissionSlot
""".split()
NAMESPACE = "{http://uri.actility.com/lora}"
MAX_DEVIATION = 300  # seconds


class Bad(Exception):
    """What is wrong with a report."""


def token_of(elements, query, key):
    return hashlib.sha256((elements + query + key).encode()).hexdigest()


def read_query(raw):
    """The signed text, and the parameters. `+` is a plus."""
    pairs = [part.partition("=")[::2] for part in raw.split("&")]
    values = {name: urllib.parse.unquote(value) for name, value in pairs}
    if len(values) != len(pairs):
        raise Bad("a parameter comes twice")
    signed = [f"{name}={values[name]}" for name, _ in pairs if name != "Token"]
    return "&".join(signed), values


def leaves(value, path=""):
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, key)
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, path)
    else:
        yield path, value


def read_json(body, typed):
    document = json.loads(body)
    if len(document) != 1:
        raise Bad("not one document")
    for name, value in leaves(document):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if number != (typed and name in NUMBERS):
            raise Bad(f"{name} has the wrong type: {value!r}")
    return next(iter(document.items()))


def read_xml(body):
    root = ElementTree.fromstring(body)
    if not root.tag.startswith(NAMESPACE):
        raise Bad("no namespace")
    return root.tag[len(NAMESPACE):], {e.tag[len(NAMESPACE):]: e.text or "" for e in root}


def read_document(encoding, content_type, body):
    if content_type != ("application/xml" if encoding == "xml" else "application/json"):
        raise Bad(f"Content-Type {content_type}")
    root, fields = read_xml(body) if encoding == "xml" else read_json(body, encoding == "json")
    if root not in KINDS:
        raise Bad(f"no report: {root}")
    return KINDS[root], fields


def check_time(text):
    stamp = time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    fraction, offset = text[19:23], text[23:]
    if fraction[0] != "." or not fraction[1:].isdigit() or len(offset) != 6 or offset[3] != ":":
        raise Bad(f"Time {text}")
    seconds = (int(offset[1:3]) * 60 + int(offset[4:])) * 60 * (1 if offset[0] == "+" else -1)
    if abs(calendar.timegm(stamp) - seconds - time.time()) > MAX_DEVIATION:
        raise Bad(f"Time {text} is too far from now")


def check_report(encoding, key, raw_query, content_type, body):
    kind, fields = read_document(encoding, content_type, body)
    signed, query = read_query(raw_query)
    elements = "".join(str(fields.get(name, "0")) for name in SIGNED[kind])
    if token_of(elements, signed, key) != query.get("Token"):
        raise Bad("wrong token")
    check_time(query["Time"])
    eui = fields["DevEUI"]
    if eui != query["LrnDevEui"] or (eui != eui.lower() if kind == "location" else eui != eui.upper()):
        raise Bad(f"DevEUI {eui}")
    if str(fields.get("FPort", "")) != query.get("LrnFPort", ""):
        raise Bad("FPort and LrnFPort differ")
    return kind, fields, query


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    options = None

    def log_message(self, *_):
        pass

    def behaviour(self, kind):
        status, delay = 200, 0
        for line in pathlib.Path(self.options.behaviour).read_text().splitlines():
            words = line.split()
            if words[0] == "delay":
                delay = int(words[1])
            elif len(words) == 2:
                status = int(words[1])
            elif words[1] == kind:
                status = int(words[2])
        time.sleep(delay / 1000)
        return status

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        entry = {"port": self.client_address[1]}
        try:
            kind, fields, query = check_report(
                self.options.format, self.options.key, self.path.partition("?")[2],
                self.headers["Content-Type"], body)
            entry.update(kind=kind, token=query["Token"], fields=fields)
            entry["status"] = self.behaviour(kind)
        except (Bad, KeyError, ValueError, ElementTree.ParseError) as error:
            entry.update(bad=repr(error), body=body, status=400)
        with open(self.options.log, "a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")
        self.send_response(entry["status"])
        self.send_header("Content-Length", "0")
        self.end_headers()


def serve(options):
    options.key = pathlib.Path(options.key_file).read_text().strip()
    Handler.options = options
    server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    print(f"listening http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def pin(options):
    vectors = json.loads(pathlib.Path(options.vectors).read_text())
    for vector in vectors:
        if token_of(vector["elements"], vector["query"], vector["key"]) != vector["token"]:
            sys.exit(f"{vector['name']}: the formula gives another token")
    print(f"{len(vectors)} tokens")
    sys.exit(len(vectors) < 4)


def facts(entry):
    """The words that a report answers to."""
    fields = entry["fields"]
    yield entry["kind"]
    if entry["kind"] == "uplink":
        yield f"fport-{fields['FPort']}"
        yield f"late-{fields['Late']}"
        if "Margin" in fields:
            yield "margin"
    if entry["kind"] == "notification":
        yield f"{fields['Type']}-{fields['Var1']}"
        if fields["Type"] != "devstatusans" and str(fields["FCntDn"]) != "0":
            yield "counter-not-reset"


def judge(options):
    entries = [json.loads(line) for line in open(options.log, encoding="utf-8")]
    accepted, seen, following, tokens, words = 0, {}, {}, {}, set()
    for number, entry in enumerate(entries):
        if "bad" in entry:
            sys.exit(f"bad report: {entry['bad']}\n{entry['body']}")
        # A join and a location of one millisecond are signed alike when the DevEUI has no letter.
        use = entry["kind"], entry["token"]
        if use in tokens:
            sys.exit(f"a token was used twice, in report {tokens[use]} and {number}:\n"
                     f"{entries[tokens[use]]}\n{entry}")
        tokens[use] = number
        if not 200 <= entry["status"] < 300:
            continue
        fields = entry["fields"]
        words.update(facts(entry))
        accepted += 1
        if entry["kind"] != "uplink":
            continue
        device, counter = fields["DevEUI"], int(fields["FCntUp"])
        if (device, counter) in seen:
            if seen[device, counter] != fields["payload_hex"]:
                sys.exit(f"{device}: FCntUp {counter} with two contents")
            continue
        if counter != following.get(device, 0):
            sys.exit(f"{device}: FCntUp {counter}, expected {following.get(device, 0)}")
        seen[device, counter] = fields["payload_hex"]
        following[device] = counter + 1
    for word in options.words:
        if word.startswith("!") == (word.lstrip("!") in words):
            sys.exit(f"wanted {word}, there are: {' '.join(sorted(words))}")
    print(f"{len(entries)} reports, {accepted} accepted: {' '.join(sorted(words))}")
    sys.exit(accepted == 0)


def main():
    parser = argparse.ArgumentParser()
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("pin")
    one.add_argument("vectors")
    one.set_defaults(run=pin)
    one = verbs.add_parser("serve")
    for name in "key-file", "log", "behaviour":
        one.add_argument(f"--{name}", required=True)
    one.add_argument("--format", default="json")
    one.add_argument("--port", type=int, default=0)
    one.set_defaults(run=serve)
    one = verbs.add_parser("judge")
    one.add_argument("log")
    one.add_argument("words", nargs="*")
    one.set_defaults(run=judge)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
