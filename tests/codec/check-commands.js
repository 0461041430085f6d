/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Prints a line for each of many random commands: its bytes in hexadecimal, and what the codec reads
 * from them, `refused` for nothing. They are as the codec encodes them, or were damaged afterwards,
 * or are made of fields at the edges of what is allowed. For fotad to read the same. */

var COUNT = 4000;
var seed = 20;

/* 0 to below - 1; a linear congruential generator: the same everywhere */
function random(below) {
        seed = (seed * 69069 + 1) % 4294967296;
        return Math.floor(seed / 65536) % below;
}

function randomText(most) {
        var text = '', n = random(8) === 0 ? most : 1 + random(most);

        while (text.length < n) {
                text += String.fromCharCode(0x20 + random(0x5f));
        }
        return text;
}

function randomMinutes() {
        return random(4) === 0 ? 1 + random(2) * (MINUTES_MAX - 1) :
                                 1 + Math.floor(MINUTES_MAX * random(65536) / 65536);
}

function randomAction() {
        return ACTIONS[random(ACTIONS.length)];
}

function randomActions() {
        var actions = ACTIONS.filter(function () {
                return random(2) === 0;
        });

        return actions.length > 0 ? actions : [randomAction()];
}

function addExtras(data) {
        if (data.command === 'accept' && random(2) === 0) {
                data.now = true;
        }
        if (data.command === 'update' && random(3) > 0) {
                data.catalogue = true;
                if (random(2) === 0) {
                        data.to = randomText(63);
                }
        }
        if (data.command === 'inhibit' && random(3) > 0) {
                data.why = randomText(64);
        }
}

function randomCommand() {
        var data = {command: COMMANDS[1 + random(COMMANDS.length - 1)]};

        if (data.command === 'accept' || data.command === 'defer') {
                data.action = randomAction();
        }
        if (data.command === 'defer' || data.command === 'inhibit') {
                data.minutes = randomMinutes();
        }
        if (data.command === 'inhibit') {
                data.actions = randomActions();
        }
        addExtras(data);
        return data;
}

function damage(bytes) {
        var at = random(bytes.length);

        switch (random(5)) {
        case 0:
                bytes[at] = random(256);
                break;
        case 1:
                bytes[at] = random(32);
                break;
        case 2:
                bytes.splice(at);
                break;
        case 3:
                bytes.push(random(32), random(3), random(16));
                break;
        default:
                Array.prototype.push.apply(bytes, bytes.slice(2));
        }
}

var edges = [
        [], [0], [1], [2], [4], [5], [31], [32], [0, 1], [8, 5, 32], [8, 5, 33], [1, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0, 0, 1], [255, 255, 255, 255, 255, 255, 255, 255],
        [0, 0, 0, 0, 0, 0, 0, 0, 1], [0x1f], [0x20], [0x7e], [0x7f], [0x80]
];

function edge(tag) {
        var value = [], n = 62 + random(4);

        if (tag < 16 && random(3) > 0) {
                return [1];
        }
        if (tag < 16 || random(2) === 0) {
                return edges[random(edges.length)];
        }
        while (value.length < n) {
                value.push(0x41);
        }
        return value;
}

/* One that has each field that it needs with a value at an edge, and perhaps one more. */
function edgeCommand() {
        var command = COMMANDS[1 + random(COMMANDS.length - 1)], value;
        var bytes = [1, COMMANDS.indexOf(command)];

        COMMAND_FIELDS.forEach(function (field) {
                if (contains(needsOf(command), field.name) ||
                    (contains(fieldsOf(command), field.name) ? random(2) : random(20)) === 0) {
                        value = edge(field.tag);
                        bytes.push(field.tag, value.length);
                        Array.prototype.push.apply(bytes, value);
                }
        });
        return bytes;
}

function show(bytes) {
        var result = decodeDownlink({fPort: 20, bytes: bytes});

        print(hexOf(bytes) + ' ' + (result.data ? canonical(result.data) : 'refused'));
        looked++;
}

(function () {
        var data, bytes, i;

        for (i = 0; i < COUNT; i++) {
                data = randomCommand();
                bytes = encodeDownlink({data: data}).bytes;
                if (!conforms(downlinkSchema, downlinkSchema, data)) {
                        bad(canonical(data), 'is not as the schema says');
                }
                compare('symmetry', decodeDownlink({fPort: 20, bytes: bytes}), {data: data});
                if (random(4) === 0) {
                        damage(bytes);
                }
                show(bytes);
                show(edgeCommand());
        }
})();
finish();
