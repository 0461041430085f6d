/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Prints conf/codec/ttn.yaml, made from `examples`. */

var sections = [
        ['uplinkDecoder', 'uplink', ['fPort', 'bytes']],
        ['downlinkEncoder', 'downlink-encode', ['data']],
        ['downlinkDecoder', 'downlink-decode', ['fPort', 'bytes']]
];

/* A flow value of YAML, which is JSON with room between. */
function flow(value) {
        if (Array.isArray(value)) {
                return '[' + value.map(flow).join(', ') + ']';
        }
        if (value !== null && typeof value === 'object') {
                return '{' + Object.keys(value).map(function (name) {
                        return JSON.stringify(name) + ': ' + flow(value[name]);
                }).join(', ') + '}';
        }
        return JSON.stringify(value).replace(/[^ -~]/g, function (c) {
                return '\\u' + ('000' + c.charCodeAt(0).toString(16)).slice(-4);
        });
}

function only(value, names) {
        var to = {};

        names.forEach(function (name) {
                to[name] = value[name];
        });
        return to;
}

print('# SPDX-License-Identifier: LGPL-2.1-or-later\n#\n' +
      '# The codec as the device repository of The Things Network describes one. Made from\n' +
      '# examples.json.\n');
sections.forEach(function (section) {
        print(section[0] + ':\n  fileName: index.js\n  examples:');
        examples.filter(function (example) {
                return example.type === section[1];
        }).forEach(function (example) {
                print('    - description: ' + flow(example.description));
                print('      input: ' + flow(only(example.input, section[2])));
                print('      output: ' + flow(example.output));
        });
});
