#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# fotasim downlink against an endpoint in Python's standard library, which computes the token by
# itself: the frame arrives whole and signed, over a port and over a socket, and each answer ends in
# the right line and exit status.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

KEY=0123456789abcdef0123456789abcdef

# endpoint.py ADDRESS KEY ANSWER: "tcp", a free port of 127.0.0.1, or the path of a socket. For each connection it takes the request, says
# on standard output what it was, and answers with what stands in the file ANSWER, byte for byte.
write_endpoint() {
        cat >"$world/endpoint.py" <<'END'
import hashlib, socket, sys, urllib.parse

address, key, answer = sys.argv[1:]
if address == "tcp":
    server = socket.create_server(("127.0.0.1", 0))
    print("port", server.getsockname()[1], flush=True)
else:
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    print("port none", flush=True)
while True:
    connection, _ = server.accept()
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            break
        data += piece
    method, target, _ = data.split(b"\r\n")[0].decode().split(" ")
    path, query = target.split("?", 1)
    signed, token = query.rsplit("&Token=", 1)
    plain = urllib.parse.unquote(signed)
    good = hashlib.sha256((plain + key).encode()).hexdigest() == token
    print(method, path, plain, "good" if good else "bad", flush=True)
    with open(answer, "rb") as file:
        connection.sendall(file.read())
    connection.close()
END
}

answer() {
        printf 'HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
                "$1" "${#2}" "$2" >"$world/answer"
}

send() {
        "$bin/fotasim" downlink --url "$url" --key-file "$world/key" --as-id TEST.1 \
                --dev-eui 0354123456789012 "$@" >"$world/said" 2>"$world/errors"
}

# says STATUS LINE ARGUMENT...: that exit status, and that line
says() {
        local status=0
        send "${@:3}" || status=$?
        [[ $status == "$1" && $(<"$world/said") == "$2" ]] || {
                echo "exit $status"
                cat "$world/said" "$world/errors"
                return 1
        }
}

frame_is_whole_and_signed() {
        answer '200 OK' '<html><body>Request queued by LRC</body></html>'
        says 0 '200 <html><body>Request queued by LRC</body></html>' --payload 0104030102 \
                --time 2026-11-21T02:14:07.000+01:00 --confirmed --flush --correlation-id 00FF &&
                contains "$world/endpoint.log" "POST /thingpark/lrc/rest/downlink \
DevEUI=0354123456789012&FPort=20&Payload=0104030102&Confirmed=1&FlushDownlinkQueue=1\
&CorrelationID=00FF&AS_ID=TEST.1&Time=2026-11-21T02:14:07.000+01:00 good"
}

second_version_has_its_path_and_status() {
        answer '202 Accepted' ''
        says 0 202 --v2 --payload 010a &&
                tail -n 1 "$world/endpoint.log" |
                grep -E '^POST /thingpark/lrc/rest/v2/downlink .*&Payload=010a&.* good$'
}

time_is_now() {
        local sent
        answer '202 Accepted' ''
        says 0 202 --v2 --payload 010a || return
        sent=$(sed -n '$s/.*&Time=\([^ ]*\) good$/\1/p' "$world/endpoint.log")
        (($(date +%s) - $(date -d "$sent" +%s) < 60))
}

refusals_are_printed() {
        answer '350 Non-Standard Status' '<html><body>Security Check</body></html>'
        says 1 '350 <html><body>Security Check</body></html>' || return
        answer '409 Conflict' '{"code":118,"message":"no payload"}'
        says 1 '409 {"code":118,"message":"no payload"}' --v2 || return
        answer '200 OK' '' # is not how the second version takes a frame
        says 1 200 --v2
}

answer_is_one_printable_line() {
        answer '200 OK' $'a\e[31mred\r\nb'
        says 0 '200 a [31mred  b'
}

long_answer_is_cut() {
        answer '200 OK' "$(head -c 100000 /dev/zero | tr '\0' x)"
        send && (($(wc -c <"$world/said") < 5000))
}

nobody_there_is_told() {
        url="unix:$world/nobody" says 1 '' &&
                contains "$world/errors" "fotasim downlink: unix:$world/nobody: "
}

wrong_calls_are_told() {
        says 2 '' --no-such-option || return
        says 2 '' surplus || return
        echo short >"$world/short"
        says 1 '' --key-file "$world/short" && contains "$world/errors" 'a key is 32 hex digits'
}

# ADDRESS
start_endpoint() {
        write_endpoint
        echo "$KEY" >"$world/key"
        spawn endpoint python3 "$world/endpoint.py" "$1" "$KEY" "$world/answer"
        await 10 grep -q '^port ' "$world/endpoint.log" || return
        url=http://127.0.0.1:$(sed -n 's/^port //p' "$world/endpoint.log")/
}

over_a_socket() (
        world_new
        start_endpoint "$world/socket" || return
        url=unix:$world/socket
        frame_is_whole_and_signed
)

if ! command -v python3 >/dev/null; then
        skip "as_downlink" "python3 is not installed"
        exit 0
fi
world_new
check "endpoint_starts" start_endpoint tcp
check "frame_is_whole_and_signed" frame_is_whole_and_signed
check "second_version_has_its_path_and_status" second_version_has_its_path_and_status
check "time_is_now" time_is_now
check "refusals_are_printed" refusals_are_printed
check "answer_is_one_printable_line" answer_is_one_printable_line
check "long_answer_is_cut" long_answer_is_cut
check "nobody_there_is_told" nobody_there_is_told
check "wrong_calls_are_told" wrong_calls_are_told
check "frame_over_a_socket" over_a_socket
exit "$failed"
