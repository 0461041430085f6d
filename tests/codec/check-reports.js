/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `reports` are {fPort, hex, expected}: what fotad wrote, and what it wrote it from. Texts that were
 * cut are the beginning of what is expected, or are missing. */

function isBeginning(got, wanted) {
        return typeof got === 'string' && typeof wanted === 'string' && wanted.indexOf(got) === 0;
}

function checkCut(what, data, expected) {
        Object.keys(data).forEach(function (name) {
                if (!has(expected, name)) {
                        bad(what, name + ' was not expected');
                } else if (name === 'other') {
                        checkCut(what, data.other, expected.other);
                } else if (!isBeginning(data[name], expected[name])) {
                        compare(what + ' ' + name, data[name], expected[name]);
                }
        });
}

reports.forEach(function (report, i) {
        var what = 'report ' + i + ' ' + report.hex;
        var result = decodeUplink({fPort: report.fPort, bytes: bytesOfHex(report.hex)});

        looked++;
        if (result.errors) {
                bad(what, result.errors.join());
        } else if (!conforms(uplinkSchema, uplinkSchema, result.data)) {
                bad(what, canonical(result.data) + ' is not as the schema says');
        } else if (result.data.flags.cut) {
                checkCut(what, result.data, report.expected);
        } else {
                compare(what, result.data, report.expected);
        }
});
finish();
