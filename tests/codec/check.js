/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the checks share. Each prints a line for what is wrong, and says at its end how much it has
 * looked at: without that line it failed too. ECMAScript 5.1 like the codec itself. */

var looked = 0;

function bad(what, text) {
        print('bad: ' + what + ': ' + text);
}

function finish() {
        print('looked at ' + looked);
}

/* JSON with sorted names. */
function canonical(value) {
        if (Array.isArray(value)) {
                return '[' + value.map(canonical).join(',') + ']';
        }
        if (value !== null && typeof value === 'object') {
                return '{' + Object.keys(value).sort().map(function (name) {
                        return JSON.stringify(name) + ':' + canonical(value[name]);
                }).join(',') + '}';
        }
        return value === undefined ? 'undefined' : JSON.stringify(value);
}

function compare(what, got, wanted) {
        if (canonical(got) !== canonical(wanted)) {
                bad(what, canonical(got) + ' is not ' + canonical(wanted));
        }
}

function hexOf(bytes) {
        return bytes.map(function (byte) {
                return (byte < 16 ? '0' : '') + byte.toString(16);
        }).join('');
}

function bytesOfHex(hex) {
        var bytes = [], i;

        for (i = 0; i < hex.length; i += 2) {
                bytes.push(parseInt(hex.slice(i, i + 2), 16));
        }
        return bytes;
}

/* JSON schema, as much of draft 7 as the codec's two use: an unknown word is an error. */

function isOfType(value, type) {
        switch (type) {
        case 'object':
                return value !== null && typeof value === 'object' && !Array.isArray(value);
        case 'array':
                return Array.isArray(value);
        case 'integer':
                return typeof value === 'number' && value % 1 === 0;
        default:
                return typeof value === type;
        }
}

function isUnique(list) {
        return list.map(canonical).every(function (item, i, items) {
                return items.indexOf(item) === i;
        });
}

var schemaWords = {
        $schema: function () {
                return true;
        },
        title: function () {
                return true;
        },
        definitions: function () {
                return true;
        },
        $ref: function (root, schema, value) {
                return conforms(root, root.definitions[schema.$ref.replace('#/definitions/', '')],
                                value);
        },
        anyOf: function (root, schema, value) {
                return schema.anyOf.some(function (one) {
                        return conforms(root, one, value);
                });
        },
        oneOf: function (root, schema, value) {
                return schema.oneOf.filter(function (one) {
                        return conforms(root, one, value);
                }).length === 1;
        },
        'enum': function (root, schema, value) {
                return schema['enum'].indexOf(value) >= 0;
        },
        type: function (root, schema, value) {
                return isOfType(value, schema.type);
        },
        required: function (root, schema, value) {
                return schema.required.every(function (name) {
                        return has(value, name);
                });
        },
        dependencies: function (root, schema, value) {
                return Object.keys(schema.dependencies).every(function (name) {
                        return !has(value, name) || schema.dependencies[name].every(function (other) {
                                return has(value, other);
                        });
                });
        },
        properties: function (root, schema, value) {
                return Object.keys(schema.properties).every(function (name) {
                        return !has(value, name) ||
                               conforms(root, schema.properties[name], value[name]);
                });
        },
        additionalProperties: function (root, schema, value) {
                return Object.keys(value).every(function (name) {
                        return has(schema.properties || {}, name) ||
                               (schema.additionalProperties !== false &&
                                conforms(root, schema.additionalProperties, value[name]));
                });
        },
        maxProperties: function (root, schema, value) {
                return Object.keys(value).length <= schema.maxProperties;
        },
        items: function (root, schema, value) {
                return value.every(function (item) {
                        return conforms(root, schema.items, item);
                });
        },
        minItems: function (root, schema, value) {
                return value.length >= schema.minItems;
        },
        uniqueItems: function (root, schema, value) {
                return isUnique(value);
        },
        minimum: function (root, schema, value) {
                return value >= schema.minimum;
        },
        maximum: function (root, schema, value) {
                return value <= schema.maximum;
        },
        maxLength: function (root, schema, value) {
                return value.length <= schema.maxLength;
        },
        pattern: function (root, schema, value) {
                return new RegExp(schema.pattern).test(value);
        }
};

/* The type first: the other words of a schema are about values of it. */
function conforms(root, schema, value) {
        if (has(schema, 'type') && !isOfType(value, schema.type)) {
                return false;
        }
        return Object.keys(schema).every(function (word) {
                return schemaWords[word](root, schema, value);
        });
}
