/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `vocabulary`, as fotad has it, against the tables of the codec and of the schemas; `source` is
 * ECMAScript 5.1 by its words, since duktape knows a few of later ones. */

function namesOf(schema, kind) {
        var definition = schema.definitions[kind];

        return (definition.anyOf ? definition.anyOf[0] : definition)['enum'];
}

compare('STATES', STATES, vocabulary.states);
compare('ACTIONS', ACTIONS, vocabulary.actions);
compare('EVENTS', EVENTS, vocabulary.events);
compare('REASONS', REASONS, vocabulary.reasons);
compare('COMMANDS', COMMANDS, vocabulary.commands);
compare('RESULTS', RESULTS, vocabulary.results);
compare('schema: state', namesOf(uplinkSchema, 'state'), vocabulary.states);
compare('schema: action', namesOf(uplinkSchema, 'action'), vocabulary.actions);
compare('schema: event', namesOf(uplinkSchema, 'event'), vocabulary.events.slice(1));
compare('schema: reason', namesOf(uplinkSchema, 'reason'), vocabulary.reasons);
compare('schema: command', namesOf(uplinkSchema, 'command'), vocabulary.commands);
compare('schema: result', namesOf(uplinkSchema, 'result'), vocabulary.results);
compare('schema: action of a command', namesOf(downlinkSchema, 'action'), vocabulary.actions);
compare('schema: minutes', downlinkSchema.definitions.minutes.maximum, MINUTES_MAX);
compare('schema: number', uplinkSchema.definitions.number.anyOf[0].maximum, SAFE_MAX);

source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(\\.|[^'\\])*'/g, '').split('\n').forEach(function (line) {
        looked++;
        if (/\b(let|const|class|of|async|await|yield|import|export|require|Buffer|BigInt)\b|=>|`|\.\.\./
                    .test(line)) {
                bad('later than ECMAScript 5.1', line);
        }
});
if (source.length > 40960) {
        bad('index.js', 'The Things Stack takes 40960 bytes at most');
}
finish();
