/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Payload codec of fotad in the form of the LoRa Alliance's Payload Codec API (TS013): what
 * fotad-payload(7) says, in ECMAScript 5.1 without any library, for the scripting of an application
 * server or a network server. The names are those of fotad itself; its tests compare them.
 *
 * decodeUplink({bytes, fPort})      reports and answers, FPort 1 to 5
 * encodeDownlink({data})            commands: {command: "defer", action: "install", minutes: 90}
 * decodeDownlink({bytes, fPort})    commands read back, as strictly as fotad does
 *
 * Each returns an object with `errors`, or one without. A number above 9007199254740991 has no exact
 * place in a number of this language: it becomes a string of digits, and a warning says so. */

var VERSION = 1;
var COMMAND_FPORT = 20;
var ANSWER_FPORT = 5;
var REPORT_HEADER = 4;
var COMMAND_HEADER = 2;
var MINUTES_MAX = 525600;
var SAFE_MAX = 9007199254740991;

/* The number is the place in the list. */

var TYPES = ['', 'event', 'progress', 'status', 'alert', 'answer']; // by FPort

var STATES = [
        'absent', 'starting', 'blocked', 'idle', 'connecting', 'connected', 'download-pending',
        'downloading', 'suspended', 'verifying', 'install-pending', 'installing', 'restarting',
        'confirming'
];

var ACTIONS = ['connect', 'download', 'install', 'reboot', 'uninstall'];

var EVENTS = [
        '', 'module-appeared', 'module-gone', 'module-identified', 'module-restarted',
        'session-opened', 'session-closed', 'session-refused', 'agreement-requested',
        'agreement-accepted', 'agreement-deferred', 'package-offered', 'download-started',
        'download-progress', 'download-suspended', 'download-completed', 'download-failed',
        'package-verified', 'package-rejected', 'install-started', 'install-succeeded',
        'install-failed', 'settings-restored', 'registered', 'notified', 'consent-drift',
        'unsanctioned-change', 'sim-changed', 'sim-swapped', 'port-busy', 'command-blocked',
        'policy-waiting', 'uplink-lost', 'uplink-restored', 'spool-overflow', 'job-superseded',
        'job-cancelled', 'provisioned', 'reissue-wanted', 'line-dropped', 'storage-failed',
        'storage-restored', 'client-too-slow', 'firmware-denied', 'job-created', 'module-blocked',
        'path-asked', 'inhibitor-taken', 'inhibitor-released', 'ordered', 'module-status',
        'report-refused', 'reports-set-aside', 'session-granted', 'registration-granted'
];

var REASONS = [
        '', 'no-apn', 'invalid-apn', 'activation-failed', 'server-refused',
        'authentication-failed', 'out-of-memory', 'transfer-error', 'package-corrupt',
        'package-not-certified', 'update-failed', 'version-unchanged', 'install-timeout',
        'no-response', 'port-lost', 'wrong-module', 'sim-changed', 'version-denied',
        'package-too-big', 'xmodem-failed', 'cancelled', 'registration-failed',
        'prerequisite-missing', 'internal', 'agreement-pending', 'test-run', 'storage-failed',
        'no-package', 'port-busy', 'wrong-version', 'session-timeout'
];

var COMMANDS = [
        '', 'connect', 'disconnect', 'accept', 'defer', 'update', 'suspend', 'resume', 'cancel',
        'register', 'status', 'inhibit', 'uninhibit'
];

var RESULTS = ['done', 'refused', 'unknown', 'malformed'];

/* By tag. `names`: the value is a number with a name, of that kind and list. */
var REPORT_FIELDS = {
        1: {name: 'job', read: readNumber},
        2: {name: 'reason', read: readName, names: REASONS},
        3: {name: 'action', read: readName, names: ACTIONS},
        4: {name: 'percent', read: readNumber},
        5: {name: 'bytes', read: readNumber},
        6: {name: 'minutes', read: readNumber},
        7: {name: 'count', read: readNumber},
        8: {name: 'signal', read: readSignal},
        9: {name: 'result', read: readName, names: RESULTS},
        16: {name: 'module', read: readText},
        17: {name: 'firmware', read: readText},
        18: {name: 'from', read: readText},
        19: {name: 'to', read: readText},
        20: {name: 'by', read: readText},
        21: {name: 'because', read: readText},
        22: {name: 'kind', read: readText},
        23: {name: 'holder', read: readText},
        24: {name: 'model', read: readText},
        25: {name: 'imei', read: readText},
        26: {name: 'iccid', read: readText},
        27: {name: 'serial_number', read: readText},
        28: {name: 'why', read: readText},
        29: {name: 'next', read: readText},
        31: {name: 'other', read: readText}
};

/* In the order of their tags, which is also how they are written. */
var COMMAND_FIELDS = [
        {name: 'action', tag: 3, read: readAction, write: writeAction},
        {name: 'minutes', tag: 6, read: readMinutes, write: writeMinutes},
        {name: 'now', tag: 10, read: readTrue, write: writeTrue},
        {name: 'catalogue', tag: 11, read: readTrue, write: writeTrue},
        {name: 'actions', tag: 12, read: readActions, write: writeActions},
        {name: 'to', tag: 19, read: readLimited, write: writeText, most: 63},
        {name: 'why', tag: 28, read: readLimited, write: writeText, most: 64}
];

var COMMAND_NEEDS = {
        accept: ['action'],
        defer: ['action', 'minutes'],
        inhibit: ['actions', 'minutes']
};

var COMMAND_TAKES = {
        accept: ['now'],
        update: ['catalogue', 'to'],
        inhibit: ['why']
};

/* bytes */

function isByte(value) {
        return typeof value === 'number' && value >= 0 && value <= 255 && value % 1 === 0;
}

/* The bytes of an input as an array of its own, null when they are none. */
function bytesOf(input) {
        var bytes = [], i;

        if (!input || typeof input !== 'object' || !input.bytes ||
            typeof input.bytes !== 'object' || typeof input.bytes.length !== 'number') {
                return null;
        }
        for (i = 0; i < input.bytes.length; i++) {
                if (!isByte(input.bytes[i])) {
                        return null;
                }
                bytes.push(input.bytes[i]);
        }
        return bytes;
}

/* Fields of {tag, value} from `start` on, null when the last one is cut off. */
function splitFields(bytes, start) {
        var fields = [], i = start;

        while (i < bytes.length) {
                if (bytes.length - i < 2 || bytes.length - i - 2 < bytes[i + 1]) {
                        return null;
                }
                fields.push({tag: bytes[i], value: bytes.slice(i + 2, i + 2 + bytes[i + 1])});
                i += 2 + bytes[i + 1];
        }
        return fields;
}

/* Most significant byte first; NaN when it is no number at all. Exact up to SAFE_MAX. */
function numberOf(value) {
        var number = 0, i;

        if (value.length < 1 || value.length > 8) {
                return NaN;
        }
        for (i = 0; i < value.length; i++) {
                number = number * 256 + value[i];
        }
        return number;
}

/* The same in decimal, however large. */
function digitsOf(value) {
        var digits = [0], i, k, carry;

        for (i = 0; i < value.length; i++) {
                carry = value[i];
                for (k = digits.length - 1; k >= 0; k--) {
                        carry += digits[k] * 256;
                        digits[k] = carry % 10;
                        carry = Math.floor(carry / 10);
                }
                while (carry > 0) {
                        digits.unshift(carry % 10);
                        carry = Math.floor(carry / 10);
                }
        }
        return digits.join('');
}

function bytesOfNumber(number) {
        var bytes = [];

        do {
                bytes.unshift(number % 256);
                number = Math.floor(number / 256);
        } while (number > 0);
        return bytes;
}

function isPrintable(code) {
        return code >= 0x20 && code < 0x7f;
}

function has(object, name) {
        return Object.prototype.hasOwnProperty.call(object, name);
}

function contains(list, item) {
        return list.indexOf(item) >= 0;
}

/* reports */

/* A name for a number that a newer fotad may send, such as "event-99". */
function nameOf(kind, names, number, warnings) {
        if (number < names.length && (names[number] !== '' || kind === 'reason')) {
                return names[number];
        }
        warnings.push(kind + ' ' + number + ' is not known to this codec');
        return kind + '-' + number;
}

/* The readers of fields return undefined when the value is none. */

function readNumber(field, value, warnings) {
        var number = numberOf(value);

        if (number !== number) {
                return undefined;
        }
        if (number > SAFE_MAX) {
                warnings.push(field.name + ' is too large for a number: it is a string');
                return digitsOf(value);
        }
        return number;
}

function readName(field, value, warnings) {
        var number = numberOf(value);

        if (number !== number) {
                return undefined;
        }
        return nameOf(field.name, field.names, number, warnings);
}

function readSignal(field, value) {
        if (value.length !== 1) {
                return undefined;
        }
        return value[0] < 128 ? value[0] : value[0] - 256;
}

function readText(field, value, warnings) {
        var text = '', odd = false, i;

        for (i = 0; i < value.length; i++) {
                odd = odd || !isPrintable(value[i]);
                text += isPrintable(value[i]) ? String.fromCharCode(value[i]) : '?';
        }
        if (odd) {
                warnings.push(field.name + ' has other characters than printable ASCII');
        }
        return text;
}

/* "key=value"; any key, also one that an object has of its own. */
function addOther(data, text) {
        var at = text.indexOf('=');

        if (!has(data, 'other')) {
                data.other = {};
        }
        Object.defineProperty(data.other, at < 0 ? text : text.slice(0, at), {
                value: at < 0 ? '' : text.slice(at + 1),
                configurable: true,
                enumerable: true,
                writable: true
        });
}

/* Returns an error, '' none. */
function addReportField(data, tag, value, warnings) {
        var field = REPORT_FIELDS[tag], read;

        if (!field) {
                warnings.push('field ' + tag + ' is not known to this codec');
                return '';
        }
        read = field.read(field, value, warnings);
        if (read === undefined) {
                return field.name + ' has a bad length';
        }
        if (field.name === 'other') {
                addOther(data, read);
        } else if (has(data, field.name)) {
                warnings.push(field.name + ' comes twice: the first counts');
        } else {
                data[field.name] = read;
        }
        return '';
}

function flagsOf(byte) {
        return {
                agreement_open: (byte & 0x01) !== 0,
                suspended: (byte & 0x02) !== 0,
                deferred: (byte & 0x04) !== 0,
                consent: (byte & 0x08) !== 0,
                cut: (byte & 0x80) !== 0
        };
}

function reportHeader(bytes, fPort, warnings) {
        var data = {type: TYPES[fPort]};

        if (fPort === ANSWER_FPORT) {
                data.command = bytes[1] === 0 ? '' : nameOf('command', COMMANDS, bytes[1], warnings);
        } else {
                data.event = nameOf('event', EVENTS, bytes[1], warnings);
        }
        data.state = nameOf('state', STATES, bytes[2], warnings);
        data.flags = flagsOf(bytes[3]);
        if (data.flags.cut) {
                warnings.push('something did not fit: it was cut or left out');
        }
        return data;
}

function decodeReport(bytes, fPort) {
        var warnings = [], fields = splitFields(bytes, REPORT_HEADER), data, error, i;

        if (fields === null) {
                return {errors: ['the last field is cut off']};
        }
        data = reportHeader(bytes, fPort, warnings);
        for (i = 0; i < fields.length; i++) {
                error = addReportField(data, fields[i].tag, fields[i].value, warnings);
                if (error !== '') {
                        return {errors: [error]};
                }
        }
        if (fPort === ANSWER_FPORT && !has(data, 'result')) {
                return {errors: ['an answer without a result']};
        }
        return warnings.length > 0 ? {data: data, warnings: warnings} : {data: data};
}

function decodeUplink(input) {
        var bytes = bytesOf(input);

        if (bytes === null) {
                return {errors: ['bytes is not an array of numbers from 0 to 255']};
        }
        if (bytes.length === 0) {
                return {data: {}}; // a frame that only acknowledges
        }
        if (typeof input.fPort !== 'number' || !TYPES[input.fPort]) {
                return {errors: ['FPort ' + input.fPort + ' has no reports: 1 to 5 have']};
        }
        if (bytes[0] !== VERSION) {
                return {errors: ['version ' + bytes[0] + ' of the layout is not known: ' +
                                 'take the codec of the fotad that sent this']};
        }
        if (bytes.length < REPORT_HEADER) {
                return {errors: ['shorter than the header of ' + REPORT_HEADER + ' bytes']};
        }
        return decodeReport(bytes, input.fPort);
}

/* commands */

function needsOf(command) {
        return has(COMMAND_NEEDS, command) ? COMMAND_NEEDS[command] : [];
}

function fieldsOf(command) {
        return needsOf(command).concat(has(COMMAND_TAKES, command) ? COMMAND_TAKES[command] : []);
}

function fieldByTag(tag) {
        var i;

        for (i = 0; i < COMMAND_FIELDS.length; i++) {
                if (COMMAND_FIELDS[i].tag === tag) {
                        return COMMAND_FIELDS[i];
                }
        }
        return null;
}

/* A reader gives a value or undefined. A writer gives bytes, [] to leave the field out, or a string
 * that says what is wanted. */

function readAction(field, value) {
        return ACTIONS[numberOf(value)];
}

function writeAction(field, value) {
        var number = ACTIONS.indexOf(value);

        return number < 0 ? 'one of ' + ACTIONS.join(', ') : [number];
}

function readMinutes(field, value) {
        var number = numberOf(value);

        return number >= 1 && number <= MINUTES_MAX ? number : undefined;
}

function writeMinutes(field, value) {
        if (typeof value !== 'number' || !(value >= 1 && value <= MINUTES_MAX) ||
            value % 1 !== 0) {
                return 'a whole number from 1 to ' + MINUTES_MAX;
        }
        return bytesOfNumber(value);
}

function readTrue(field, value) {
        return numberOf(value) === 1 ? true : undefined;
}

function writeTrue(field, value) {
        if (typeof value !== 'boolean') {
                return 'true or false';
        }
        return value ? [1] : [];
}

function readActions(field, value) {
        var mask = numberOf(value), actions = [], i;

        if (!(mask >= 1 && mask < 1 << ACTIONS.length)) {
                return undefined;
        }
        for (i = 0; i < ACTIONS.length; i++) {
                if (mask & (1 << i)) {
                        actions.push(ACTIONS[i]);
                }
        }
        return actions;
}

function writeActions(field, value) {
        var wanted = 'a list of at least one of ' + ACTIONS.join(', '), mask = 0, i, number;

        if (!Array.isArray(value) || value.length === 0) {
                return wanted;
        }
        for (i = 0; i < value.length; i++) {
                number = ACTIONS.indexOf(value[i]);
                if (number < 0) {
                        return wanted;
                }
                mask |= 1 << number;
        }
        return [mask];
}

function readLimited(field, value) {
        var text = '', i;

        if (value.length < 1 || value.length > field.most) {
                return undefined;
        }
        for (i = 0; i < value.length; i++) {
                if (!isPrintable(value[i])) {
                        return undefined;
                }
                text += String.fromCharCode(value[i]);
        }
        return text;
}

function writeText(field, value) {
        var wanted = 'at most ' + field.most + ' characters of printable ASCII', bytes = [], i;

        if (typeof value !== 'string' || value.length > field.most) {
                return wanted;
        }
        for (i = 0; i < value.length; i++) {
                if (!isPrintable(value.charCodeAt(i))) {
                        return wanted;
                }
                bytes.push(value.charCodeAt(i));
        }
        return bytes;
}

/* What is in `data` that the command does not take, or the other way round. */
function checkNames(data, errors) {
        var takes = fieldsOf(data.command), name, i;

        for (name in data) {
                if (name !== 'command' && data[name] !== undefined && !contains(takes, name)) {
                        errors.push(name + ': ' + data.command + ' takes ' +
                                    (takes.length > 0 ? 'only ' + takes.join(', ') : 'nothing'));
                }
        }
        for (i = 0; i < needsOf(data.command).length; i++) {
                if (data[needsOf(data.command)[i]] === undefined) {
                        errors.push(needsOf(data.command)[i] + ': ' + data.command + ' needs it');
                }
        }
        if (data.to && !data.catalogue) {
                errors.push('to: only with catalogue: true');
        }
}

function writeFields(data, bytes, errors) {
        var takes = fieldsOf(data.command), field, value, i;

        for (i = 0; i < COMMAND_FIELDS.length; i++) {
                field = COMMAND_FIELDS[i];
                if (data[field.name] === undefined || !contains(takes, field.name)) {
                        continue;
                }
                value = field.write(field, data[field.name]);
                if (typeof value === 'string') {
                        errors.push(field.name + ': ' + value);
                } else if (value.length > 0) {
                        bytes.push(field.tag, value.length);
                        Array.prototype.push.apply(bytes, value);
                }
        }
}

function encodeDownlink(input) {
        var data = input && input.data, errors = [], bytes;

        if (!data || typeof data !== 'object') {
                return {errors: ['data is not an object']};
        }
        if (typeof data.command !== 'string' || COMMANDS.indexOf(data.command) < 1) {
                return {errors: ['command: one of ' + COMMANDS.slice(1).join(', ')]};
        }
        bytes = [VERSION, COMMANDS.indexOf(data.command)];
        checkNames(data, errors);
        writeFields(data, bytes, errors);
        return errors.length > 0 ? {errors: errors} : {fPort: COMMAND_FPORT, bytes: bytes};
}

/* Returns an error, '' none. */
function addCommandField(data, tag, value) {
        var field = fieldByTag(tag);

        if (field === null) {
                return 'field ' + tag + ' is not known';
        }
        if (!contains(fieldsOf(data.command), field.name)) {
                return field.name + ': ' + data.command + ' takes none';
        }
        if (has(data, field.name)) {
                return field.name + ': comes twice';
        }
        data[field.name] = field.read(field, value);
        return data[field.name] === undefined ? field.name + ': bad value' : '';
}

function decodeFields(data, fields) {
        var error, needs = needsOf(data.command), i;

        for (i = 0; i < fields.length; i++) {
                error = addCommandField(data, fields[i].tag, fields[i].value);
                if (error !== '') {
                        return error;
                }
        }
        for (i = 0; i < needs.length; i++) {
                if (!has(data, needs[i])) {
                        return needs[i] + ': missing';
                }
        }
        return has(data, 'to') && !has(data, 'catalogue') ? 'to: only with catalogue' : '';
}

function decodeCommand(bytes) {
        var fields = splitFields(bytes, COMMAND_HEADER), data, error;

        if (bytes[0] !== VERSION) {
                return {errors: ['version ' + bytes[0] + ' of the layout is not known']};
        }
        if (!COMMANDS[bytes[1]]) {
                return {errors: ['opcode ' + bytes[1] + ' is not known']};
        }
        if (fields === null) {
                return {errors: ['the last field is cut off']};
        }
        data = {command: COMMANDS[bytes[1]]};
        error = decodeFields(data, fields);
        return error !== '' ? {errors: [error]} : {data: data};
}

function decodeDownlink(input) {
        var bytes = bytesOf(input);

        if (bytes === null) {
                return {errors: ['bytes is not an array of numbers from 0 to 255']};
        }
        if (input.fPort !== COMMAND_FPORT) {
                return {errors: ['FPort ' + input.fPort + ' has no commands: ' + COMMAND_FPORT +
                                 ' has']};
        }
        if (bytes.length < COMMAND_HEADER) {
                return {errors: ['shorter than the header of ' + COMMAND_HEADER + ' bytes']};
        }
        return decodeCommand(bytes);
}

if (typeof exports !== 'undefined') {
        exports.decodeUplink = decodeUplink;
        exports.encodeDownlink = encodeDownlink;
        exports.decodeDownlink = decodeDownlink;
}
