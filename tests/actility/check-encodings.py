#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check-encodings.py [--full] TYPED.json UNTYPED.json FILE.xml
#
# Reads one report in its three encodings with Python's own parsers: the same fields in the same
# order with the same values, numbers typed as the tunnel specification says (6.1.3, 6.2.3, 6.3.3,
# 6.4.3), and with --full every field of the specification there.

import json
import sys
import xml.etree.ElementTree as ElementTree

NAMESPACE = "http://uri.actility.com/lora"

# Syntax NUMBER, STRING and OBJECT, retyped from the specification. ModelCfg is beyond it.
NUMBERS = """
    ACKbit AckRequested ADRAckReq ADRbit AFCntDn BatteryLevel ClassBPeriodicity ConfAFCntDn
    DevLrrCnt DevLAT DevLON DevAlt DevLocRadius DevAltRadius DevNorthVel DevEastVel DevLocDilution
    DevAltDilution FCntDn FCntUp FPort Frequency InstantPER Late LrrLAT LrrLON LrrRSSI LrrSNR LrrESP
    Chain Margin MeanPER MType NbTrans NwGeolocAlgo NwGeolocAlgoUsed SpFact TxPower UplinkDC
    UplinkDCSubBand DeliveryStatus FPending TransmissionSlot DevUlFCntUpUsed
""".split()
OBJECTS = ["CustomerData", "DriverCfg"]
LOCATION = """
    DevLocTime DevLAT DevLON DevAlt DevLocRadius DevAltRadius DevNorthVel DevEastVel DevLocDilution
    DevAltDilution NwGeolocAlgo NwGeolocAlgoUsed
""".split()
FIELDS = {
    "DevEUI_uplink": LOCATION + """
        ACKbit AckRequested ADRAckReq ADRbit AFCntDn BatteryLevel BatteryTime Channel
        ClassBPeriodicity ConfAFCntDn CustomerData CustomerID DevAddr DevEUI DevLrrCnt DriverCfg
        DynamicClass FCntDn FCntUp FPort Frequency InstantPER Late Lrcid Lrrid LrrLAT LrrLON LrrRSSI
        LrrSNR Lrrs Margin MeanPER mic_hex MType NbTrans payload_hex rawMacCommands SpFact SubBand
        Time TxPower UplinkDC UplinkDCSubBand
    """.split(),
    "DevEUI_downlink_Sent": """
        AckRequested ADRAckReq AFCntDn Channel CorrelationID CustomerData CustomerID DeliveryStatus
        DeliveryFailedCause1 DeliveryFailedCause2 DeliveryFailedCause3 DevAddr DevEUI FCntDn FCntUp
        FPending FPort Frequency Lrcid Lrrid rawMacCommands SpFact SubBand Time TransmissionSlot
    """.split(),
    "DevEUI_location": LOCATION + """
        CustomerID DevAddr DevEUI DevUlFCntUpUsed Lrcid Time
    """.split(),
    "DevEUI_notification": """
        AFCntDn CustomerID DevAddr DevEUI FCntDn Lrcid Time Type Var1 Var2
    """.split(),
}
LRR = "Lrrid Chain LrrRSSI LrrSNR LrrESP".split()


class Number(str):
    """A JSON number as it was spelt."""


def fail(text):
    sys.exit(f"{sys.argv[-1]}: {text}")


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        fail(f"a name comes twice: {names}")
    return dict(pairs)


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(
            file, object_pairs_hook=unique, parse_int=Number, parse_float=Number
        )


def name_of(element):
    namespace, _, name = element.tag.rpartition("}")
    if namespace != "{" + NAMESPACE:
        fail(f"{element.tag} is not in the namespace")
    return name


def fields_of(element):
    for child in element:
        name = name_of(child)
        if name == "Lrrs":
            yield name, {"Lrr": [unique(list(fields_of(lrr))) for lrr in child]}
        elif name in OBJECTS:
            yield name, json.loads(child.text, object_pairs_hook=unique)
        else:
            yield name, child.text or ""


def read_xml(path):
    root = ElementTree.parse(path).getroot()
    return {name_of(root): unique(list(fields_of(root)))}


def check_types(fields, typed):
    for name, value in fields.items():
        if name == "Lrrs":
            for lrr in value["Lrr"]:
                check_types(lrr, typed)
        elif name in OBJECTS:
            if not isinstance(value, dict):
                fail(f"{name} is no object")
        elif isinstance(value, Number) != (typed and name in NUMBERS):
            fail(f"{name} has the wrong type: {value!r}")


# XML can't hold most control characters. The text of an object has them escaped, as JSON does.
def as_xml(value):
    if isinstance(value, dict):
        return {
            name: item if name in OBJECTS else as_xml(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [as_xml(item) for item in value]
    return "".join(
        c if c >= " " and c not in "\ufffe\uffff" or c in "\t\n\r" else "\ufffd"
        for c in value
    )


def names_of(fields):
    return [
        (name, [names_of(lrr) for lrr in value["Lrr"]]) if name == "Lrrs" else name
        for name, value in fields.items()
    ]


def main():
    full = sys.argv[1] == "--full"
    typed, untyped = read_json(sys.argv[-3]), read_json(sys.argv[-2])
    xml = read_xml(sys.argv[-1])
    (kind,) = typed

    if typed != untyped or as_xml(typed) != xml:
        fail(f"the encodings differ:\n{typed}\n{untyped}\n{xml}")
    for document in untyped, xml:
        if names_of(document[kind]) != names_of(typed[kind]):
            fail("the order differs")
    check_types(typed[kind], True)
    check_types(untyped[kind], False)
    if unknown := set(typed[kind]) - set(FIELDS[kind]) - {"ModelCfg", "CustomerData"}:
        fail(f"unknown: {unknown}")
    if full:
        if missing := set(FIELDS[kind]) - set(typed[kind]):
            fail(f"missing: {missing}")
        if any(list(lrr) != LRR for lrr in typed[kind].get("Lrrs", {}).get("Lrr", [])):
            fail("an Lrr is not complete")


main()
