/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* node vm.js FILE...: runs scripts one after the other in strict mode in a world of their own that
 * has ECMAScript 5.1 and print(), and nothing else: what came later is taken away first. */

'use strict';

const fs = require('fs');
const vm = require('vm');

const kept = {
        this: `NaN Infinity undefined eval parseInt parseFloat isNaN isFinite decodeURI
                decodeURIComponent encodeURI encodeURIComponent Object Function Array String Boolean
                Number Date RegExp Error EvalError RangeError ReferenceError SyntaxError TypeError
                URIError Math JSON print`,
        Object: `length name prototype getPrototypeOf getOwnPropertyDescriptor getOwnPropertyNames
                create defineProperty defineProperties seal freeze preventExtensions isSealed
                isFrozen isExtensible keys`,
        'Object.prototype': `constructor toString toLocaleString valueOf hasOwnProperty
                isPrototypeOf propertyIsEnumerable`,
        Array: 'length name prototype isArray',
        'Array.prototype': `length constructor toString toLocaleString concat join pop push reverse
                shift slice sort splice unshift indexOf lastIndexOf every some forEach map filter
                reduce reduceRight`,
        String: 'length name prototype fromCharCode',
        'String.prototype': `length constructor toString valueOf charAt charCodeAt concat indexOf
                lastIndexOf localeCompare match replace search slice split substring toLowerCase
                toLocaleLowerCase toUpperCase toLocaleUpperCase trim`,
        Number: `length name prototype MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY
                POSITIVE_INFINITY`,
        'Number.prototype': `constructor toString toLocaleString valueOf toFixed toExponential
                toPrecision`,
        Math: `E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor
                log max min pow random round sin sqrt tan`
};

const context = vm.createContext({ print: (text) => process.stdout.write(text + '\n') });
const script = (text, filename) => vm.runInContext(text, context, { filename });

// The innermost first: the names of the outer ones are needed to get there.
for (const path of Object.keys(kept).reverse()) {
        const names = JSON.stringify(kept[path].split(/\s+/));
        script(`(function (object) {
                Object.getOwnPropertyNames(object).forEach(function (name) {
                        if (${names}.indexOf(name) < 0) {
                                delete object[name];
                        }
                });
        })(${path})`, 'vm.js');
}
for (const path of process.argv.slice(2)) {
        script("'use strict';" + fs.readFileSync(path, 'utf8'), path);
}
