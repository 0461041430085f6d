/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `examples` as TS013 wants them: each input gives exactly its output; what can be read back is the
 * same, and inputs and outputs are as the schemas say. */

var functions = {
        uplink: decodeUplink,
        'downlink-encode': encodeDownlink,
        'downlink-decode': decodeDownlink
};

function checkSchema(example) {
        var what = example.description, output = example.output, input = example.input;

        if (example.type === 'uplink' && output.data &&
            !conforms(uplinkSchema, uplinkSchema, output.data)) {
                bad(what, 'is not as the schema says');
        }
        if (example.type === 'downlink-encode' &&
            conforms(downlinkSchema, downlinkSchema, input.data) !== !output.errors) {
                bad(what, 'codec and schema do not agree');
        }
        if (example.type === 'downlink-decode' && output.data &&
            !conforms(downlinkSchema, downlinkSchema, output.data)) {
                bad(what, 'is not as the schema says');
        }
}

function checkSymmetry(example) {
        var output = example.output;

        if (example.type === 'downlink-encode' && !output.errors) {
                compare(example.description, decodeDownlink(output), example.input);
        }
        if (example.type === 'downlink-decode' && !output.errors) {
                compare(example.description, encodeDownlink(output), example.input);
        }
}

examples.forEach(function (example) {
        var names = Object.keys(example).sort();

        looked++;
        compare('names', names, ['description', 'input', 'output', 'type']);
        compare(example.description, functions[example.type](example.input), example.output);
        checkSchema(example);
        checkSymmetry(example);
});
if (!isUnique(examples.map(function (example) {
        return example.type + example.description;
}))) {
        bad('descriptions', 'one comes twice');
}
finish();
