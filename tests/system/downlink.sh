#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The downlink endpoint as application servers see it: curl with the specification's commands, a
# reverse proxy that others wrote, certificates that change, peers with bad manners, and the time that
# an answer takes.

# Functions are called by name.
# shellcheck disable=SC2317

set -uo pipefail
# shellcheck source=tests/system/lib.bash
source "$(dirname "$0")/lib.bash"

V1=/thingpark/lrc/rest/downlink
V2=/thingpark/lrc/rest/v2/downlink
AS_ID=app1.sample.com

for needed in curl python3 openssl; do
        command -v "$needed" >/dev/null || {
                skip "downlink" "$needed is not installed"
                exit 0
        }
done

free_port() {
        python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# configure_downlink KEYS: the endpoint, and a module that is not there
configure_downlink() {
        [[ -e $world/as.key ]] || (umask 077 && echo 3f8a9c1e5b7d2046e8fa1c3b5d7092e4 >"$world/as.key")
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0, dev_eui: 000000000F1D8693}
uplink: {url: "http://127.0.0.1:9/", as_id: $AS_ID, key_file: as.key, customer_id: "1"}
downlink: {$1}
END
}

# A query that is signed now. SPELLING: how the characters of Time are written.
signed_query() {
        python3 - "$(<"$world/as.key")" "$AS_ID" "${1-escaped}" <<'END'
import datetime, hashlib, sys
key, as_id, spelling = sys.argv[1:]
time = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.333+00:00")
query = f"DevEUI=0102030405060708&FPort=20&Payload=00&AS_ID={as_id}&Time={time}"
token = hashlib.sha256((query + key).encode()).hexdigest()
if spelling == "escaped":
    query = query.replace(":", "%3A").replace("+", "%2B")
elif spelling == "lower":
    query = query.replace(":", "%3a").replace("+", "%2b")
print(query + "&Token=" + token)
END
}

# ask EXPECTED-STATUS EXPECTED-BODY CURL-ARGUMENT...
ask() {
        local status=$1 body=$2 said
        shift 2
        said=$(curl -s --noproxy '*' --max-time 10 -w '\n%{http_code}' -X POST "$@")
        printf 'said %s\nexpected %s %s\n' "$said" "$status" "$body"
        [[ $said == "$body"$'\n'"$status" ]]
}

# A frame whose sender is believed is judged by what it asks for: no code of security.
believed() {
        local said code
        said=$(curl -s --noproxy '*' --max-time 10 -X POST "$@")
        code=$(json_get code <<<"$said")
        printf 'said %s\n' "$said"
        [[ $code && ! $code =~ ^1(0[5-9]|1[01])$ ]]
}

# The specification's own commands (7.1.7): right for a gateway of January 2016.
sample_commands() {
        local url=$1 query token
        shift
        token=ea8f31d2299cbece8e180a3012766c4df15fe3cf2e142d9fdf4035b5894ec886
        query="DevEUI=000000000F1D8693&FPort=1&Payload=00&AS_ID=app1.sample.com"
        query+="&Time=2016-01-11T14%3A28%3A00.333%2B02%3A00&Token=$token"
        ask 350 '<html><body>Security Check. Invalid downlink frame timestamp</body></html>' "$@" \
                -H "Content-type:application/x-www-form-urlencoded" "$url$V1?$query" || return
        ask 409 '{"code":110,"message":"Security Check: Invalid downlink frame timestamp"}' "$@" \
                -H "Content-type:application/x-www-form-urlencoded" "$url$V2?$query"
}

# In each spelling: what was signed must be what arrives.
signed_commands() {
        local url=$1 spelling query
        shift
        for spelling in escaped lower raw; do
                believed "$@" "$url$V2?$(signed_query "$spelling")" || return
        done
        believed "$@" --data 'a=1' "$url$V2?$(signed_query)" || return
        query=$(signed_query)
        ask 409 '{"code":111,"message":"Security Check: Bad token"}' "$@" "$url$V2?${query/Payload=00/Payload=01}" &&
                ask 350 '<html><body>Security Check. bad token</body></html>' "$@" "$url$V1?${query/Payload=00/Payload=01}"
}

other_requests() {
        local url=$1
        shift
        [[ $(curl -s --noproxy '*' "$@" -o "$world/said" -D "$world/head" -w '%{http_code}' "$url$V2?x") == 405 ]] &&
                grep -qi '^Allow: POST' "$world/head" &&
                [[ $(curl -s --noproxy '*' "$@" -o "$world/said" -w '%{http_code}' -X POST "$url/") == 404 ]]
}

# The whole conversation with an endpoint at a URL.
speak_with() {
        local name=$1
        shift
        check "${name}_sample_commands_of_the_specification" sample_commands "$@"
        check "${name}_signed_commands_in_every_spelling" signed_commands "$@"
        check "${name}_other_requests" other_requests "$@"
}

plain() {
        local port
        world_new
        port=$(free_port)
        configure_downlink "listen: \"127.0.0.1:$port\""
        check "plain_fotad_starts" start_fotad
        speak_with plain "http://127.0.0.1:$port"
}

is_for_user_and_group() {
        [[ $(stat -c %a "$1") == 660 ]]
}

unix_socket() {
        world_new
        configure_downlink "listen: \"unix:$world/downlink.sock\""
        check "unix_fotad_starts" start_fotad
        check "unix_socket_is_for_user_and_group" is_for_user_and_group "$world/downlink.sock"
        speak_with unix http://gw --unix-socket "$world/downlink.sock"
        end fotad
        check "unix_socket_goes_with_fotad" test ! -e "$world/downlink.sock"
}

# Certificates

certificate() {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
                -subj "/CN=$1" -addext 'subjectAltName=IP:127.0.0.1' \
                -keyout "$world/$1.key" -out "$world/$1.pem" 2>/dev/null && chmod 600 "$world/$1.key"
}

use_certificate() {
        cp "$world/$1.pem" "$world/gw.pem.new" && cp "$world/$1.key" "$world/gw.key.new" &&
                chmod 600 "$world/gw.key.new" && mv "$world/gw.key.new" "$world/gw.key" &&
                mv "$world/gw.pem.new" "$world/gw.pem"
}

shows_certificate() {
        believed --cacert "$world/$1.pem" "$2$V2?$(signed_query)"
}

# One connection over the change: asks when it is told to, by a line on stdin.
keep_connection() {
        cat >"$world/keep.py" <<'END'
import http.client, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
connection = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1]), context=context, timeout=20)
connection.auto_open = True
for query in sys.stdin:
    connection.request("POST", query.strip())
    answer = connection.getresponse()
    print(answer.status, answer.getheader("Connection"), len(answer.read()) > 0, flush=True)
END
        mkfifo "$world/asks"
        spawn keep sh -c "exec python3 '$world/keep.py' '$1' '$world/a.pem' <'$world/asks'"
        exec 9>"$world/asks"
        kept_answers 1
}

kept_answers() {
        echo "$V2?$(signed_query)" >&9
        await 10 eval "[[ \$(grep -c '^409 ' '$world/keep.log') == $1 ]]"
}

certificate_changes() {
        use_certificate b && ctl reload && shows_certificate b "$1" &&
                ! shows_certificate a "$1" >/dev/null && runs fotad
}

changes_by_signal() {
        use_certificate a && kill -HUP "${children[fotad]}" && await 10 shows_certificate a "$1"
}

# The answer tells the client that the old one ends, and its next request finds the new connection.
kept_over_change() {
        kept_answers 2 && [[ $(tail -n 1 "$world/keep.log") == "409 close True" ]]
}

bad_certificate_is_refused() {
        cp "$world/b.key" "$world/gw.key"
        outcome 1 "gw.key is not the key of the certificate" ctl reload || return
        head -c 100 "$world/b.pem" >"$world/gw.pem"
        outcome 1 "gw.pem holds no certificate (PEM)" ctl reload || return
        outcome 1 "gw.pem holds no certificate (PEM)" "$bin/fotad" --config "$world/fotad.yaml" --check &&
                contains "$world/fotad.log" "the running configuration and certificate stay in force" &&
                shows_certificate a "$1"
}

tls_versions() {
        ! openssl s_client -connect "127.0.0.1:$1" -tls1_1 -cipher 'ALL:@SECLEVEL=0' </dev/null >/dev/null 2>&1 &&
                openssl s_client -connect "127.0.0.1:$1" -tls1_2 </dev/null >/dev/null 2>&1 &&
                openssl s_client -connect "127.0.0.1:$1" -tls1_3 </dev/null >/dev/null 2>&1
}

tls() {
        local port
        world_new
        port=$(free_port)
        certificate a && certificate b && use_certificate a || return
        configure_downlink "listen: \"0.0.0.0:$port\", certificate_file: gw.pem, private_key_file: gw.key"
        check "tls_fotad_starts" start_fotad
        speak_with tls "https://127.0.0.1:$port" --cacert "$world/a.pem"
        check "tls_is_1_2_at_least" tls_versions "$port"
        check "tls_plain_http_gets_nothing" outcome 52 "" curl -s --noproxy '*' --max-time 5 "http://127.0.0.1:$port/"
        check "tls_connection_is_kept" keep_connection "$port"
        check "tls_certificate_changes_with_a_reload" certificate_changes "https://127.0.0.1:$port"
        check "tls_kept_connection_is_answered_over_the_change" kept_over_change
        exec 9>&-
        check "tls_certificate_changes_with_sighup" changes_by_signal "https://127.0.0.1:$port"
        check "tls_bad_certificate_keeps_the_old_one" bad_certificate_is_refused "https://127.0.0.1:$port"
        use_certificate a
        end fotad
        echo junk >"$world/gw.pem"
        check "tls_fotad_starts_with_a_bad_certificate" start_fotad
        check "tls_bad_certificate_at_start_is_told" contains "$world/fotad.log" \
                "No downlinks are taken: $world/gw.pem holds no certificate (PEM)"
        use_certificate b
        check "tls_endpoint_opens_with_a_good_one" ctl reload
        check "tls_endpoint_serves_then" await 5 shows_certificate b "https://127.0.0.1:$port"
}

# Configuration that changes

moved() {
        configure_downlink "listen: \"127.0.0.1:$2\""
        ctl reload && believed "http://127.0.0.1:$2$V2?$(signed_query)" &&
                outcome 7 "" curl -s --noproxy '*' --max-time 5 "http://127.0.0.1:$1/"
}

taken_port_is_refused() {
        configure_downlink "listen: \"127.0.0.1:$1\""
        outcome 1 "can't listen on 127.0.0.1:$1: Address already in use" ctl reload &&
                believed "http://127.0.0.1:$2$V2?$(signed_query)"
}

switched_off() {
        configure <<END
modules:
  m0: {family: hl78xx, device: $world/m0}
END
        ctl reload && outcome 7 "" curl -s --noproxy '*' --max-time 5 "http://127.0.0.1:$1/"
}

reload() {
        local one two three
        world_new
        one=$(free_port) two=$(free_port) three=$(free_port)
        configure_downlink "listen: \"127.0.0.1:$one\""
        spawn squatter python3 -c "import socket, time
s = socket.create_server(('127.0.0.1', $three))
print('there', flush=True)
time.sleep(600)"
        await 10 grep -q there "$world/squatter.log" || return
        check "reload_fotad_starts" start_fotad
        check "reload_moves_the_endpoint" moved "$one" "$two"
        check "reload_to_a_port_that_is_taken_is_refused" taken_port_is_refused "$three" "$two"
        check "reload_switches_the_endpoint_off" switched_off "$two"
        end fotad
        configure_downlink "listen: \"127.0.0.1:$three\""
        check "taken_port_stops_nothing_else" start_fotad
        check "taken_port_is_told" contains "$world/fotad.log" "can't listen on 127.0.0.1:$three"
}

# nginx as the reverse proxy of the specification's 4.1. The part between the lines is the one of
# fotad(8).

nginx_conf() {
        local upstream=$1
        cat <<END
daemon off;
pid $world/nginx.pid;
error_log $world/nginx.error.log;
worker_processes 1;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path $world/nginx.body;
    proxy_temp_path $world/nginx.proxy;
    fastcgi_temp_path $world/nginx.fastcgi;
    uwsgi_temp_path $world/nginx.uwsgi;
    scgi_temp_path $world/nginx.scgi;
    upstream fotad { server $upstream; keepalive 4; keepalive_timeout 5s; }
    server {
        listen 127.0.0.1:$2 ssl;
        ssl_certificate $world/a.pem;
        ssl_certificate_key $world/a.key;
        client_header_timeout 5s;
        keepalive_timeout 1900s;
        location /thingpark/lrc/rest/ {
            proxy_pass http://fotad;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
}
END
}

start_nginx() {
        nginx_conf "$1" "$2" >"$world/nginx.conf"
        spawn nginx nginx -p "$world" -e "$world/nginx.error.log" -c "$world/nginx.conf"
        await 10 eval "curl -s --noproxy '*' --cacert '$world/a.pem' -o '$world/said' https://127.0.0.1:$2/"
}

# Over one connection to nginx, and over those that nginx keeps.
many_through_nginx() {
        local i query
        query=$(signed_query)
        for ((i = 0; i < 200; i++)); do
                printf 'url = "https://127.0.0.1:%s%s?%s"\noutput = "/dev/null"\n' "$1" "$V2" "$query"
        done >"$world/many"
        curl -s --noproxy '*' --cacert "$world/a.pem" -X POST -K "$world/many" \
                -w '%{http_code} %{num_connects}\n' | sort | uniq -c | tee "$world/said"
        [[ $(awk '{ print $1, $2, $3 }' "$world/said" | tr '\n' ';') == '199 409 0;1 409 1;' ]]
}

nginx_with() {
        local port
        port=$(free_port)
        certificate a
        configure_downlink "listen: \"$2\""
        check "$1_fotad_starts" start_fotad
        # its workers are another user's
        ((EUID)) || [[ $2 != unix:* ]] || chmod 666 "$world/downlink.sock"
        check "$1_starts" start_nginx "$3" "$port"
        speak_with "$1" "https://127.0.0.1:$port" --cacert "$world/a.pem"
        check "$1_connections_are_kept" many_through_nginx "$port"
}

proxy() {
        local port nginx
        nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || {
                skip "nginx" "nginx is not installed"
                return
        }
        PATH=$PATH:${nginx%/*}
        world_new
        port=$(free_port)
        nginx_with nginx_to_loopback "127.0.0.1:$port" "127.0.0.1:$port"
        world_end
        world_new
        nginx_with nginx_to_unix "unix:$world/downlink.sock" "unix:$world/downlink.sock"
}

# Sockets that are passed in, in either order.

passed_in() {
        local port order=$1 listens
        port=$(free_port)
        configure_downlink "max_deviation: 5min"
        listens=(-l "$world/control.sock" -l "127.0.0.1:$port")
        [[ $order == control:downlink ]] || listens=(-l "127.0.0.1:$port" -l "$world/control.sock")
        spawn fotad systemd-socket-activate "--fdname=$order" "${listens[@]}" \
                "$bin/fotad" --config "$world/fotad.yaml"
        await 5 test -S "$world/control.sock" && await 10 answers &&
                believed "http://127.0.0.1:$port$V2?$(signed_query)" && ctl reload &&
                believed "http://127.0.0.1:$port$V2?$(signed_query)"
}

passed_in_without_tls() {
        local port
        port=$(free_port)
        configure_downlink "max_deviation: 5min"
        spawn fotad systemd-socket-activate --fdname=control:downlink -l "$world/control.sock" \
                -l "0.0.0.0:$port" "$bin/fotad" --config "$world/fotad.yaml"
        await 5 test -S "$world/control.sock" && await 10 answers &&
                contains "$world/fotad.log" "can be reached by others: set downlink.certificate_file"
}

nothing_passed_in() {
        configure_downlink "max_deviation: 5min"
        start_fotad && contains "$world/fotad.log" "there is nothing to listen on"
}

activation() {
        if ! command -v systemd-socket-activate >/dev/null; then
                skip "activation" "systemd-socket-activate is not installed"
                return
        fi
        world_new
        check "activation_sockets_are_told_apart_by_name" passed_in control:downlink
        world_end
        world_new
        check "activation_sockets_may_come_in_another_order" passed_in downlink:control
        world_end
        world_new
        check "activation_of_an_open_port_wants_tls" passed_in_without_tls
        end fotad
        rm -f "$world/fotad.log" "$world/control.sock"
        check "activation_that_is_missing_is_told" nothing_passed_in
}

# Peers with bad manners: each is gone after its time, and nobody else notices.

slow_peers() {
        cat >"$world/slow.py" <<'END'
import selectors, socket, sys, time
target = "POST /thingpark/lrc/rest/v2/downlink?"
peers = {
    "silent": (b"", b"", 10),
    "trickled-line": (target.encode(), b"x", 10),
    "trickled-header": ((target + "a HTTP/1.1\r\nHost: gw\r\nX-A: ").encode(), b"x", 10),
    "trickled-body": ((target + "a HTTP/1.1\r\nHost: gw\r\nContent-Length: 4000\r\n\r\n").encode(), b"x", 15),
    "idle-after-a-bad-token": ((target + "a HTTP/1.1\r\nHost: gw\r\n\r\n").encode(), b"", 10),
}
open_peers, begin = {}, time.monotonic()
for name, (first, more, limit) in peers.items():
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.sendall(first)
    s.setblocking(False)
    open_peers[s] = (name, more, limit)
good = True
print("there", flush=True)
while open_peers and time.monotonic() - begin < 40:
    time.sleep(0.1) # the trickle
    for s, (name, more, limit) in list(open_peers.items()):
        took, closed = time.monotonic() - begin, False
        try:
            closed = s.recv(65536) == b""
            if not closed:
                continue
        except BlockingIOError:
            try:
                s.send(more)
            except OSError:
                closed = True
        except OSError:
            closed = True
        if closed:
            in_time = limit - 0.5 <= took <= limit + 10
            good &= in_time
            print(name, "closed after %.1f s" % took, "of %d" % limit, "" if in_time else "WRONG", flush=True)
            del open_peers[s]
print("all" if good and not open_peers else "failed", flush=True)
END
        spawn slow python3 "$world/slow.py" "$1"
        await 10 grep -q there "$world/slow.log"
}

slow_peers_are_gone() {
        await 45 grep -qE '^(all|failed)$' "$world/slow.log"
        cat "$world/slow.log"
        grep -q '^all$' "$world/slow.log"
}

# As many connections as have room beside the slow ones, each asking again as soon as it is answered.
# Prints how long answers took; fails when that is a generous multiple of the 100 ms of the specification's peers.
many_peers() {
        python3 - "$1" "$V2?$(signed_query)" <<'END'
import selectors, socket, sys, time
request = ("POST %s HTTP/1.1\r\nHost: gw\r\n\r\n" % sys.argv[2]).encode()
selector, sent, took = selectors.DefaultSelector(), {}, []
def ask(s):
    sent[s] = time.monotonic()
    s.sendall(request)
for i in range(56):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    selector.register(s, selectors.EVENT_READ)
    ask(s)
while len(took) < 6400:
    ready = selector.select(20)
    if not ready:
        sys.exit("no answer for 20 s")
    for key, _ in ready:
        answer = key.fileobj.recv(65536)
        if not answer.endswith(b"}"): # our answers are one segment
            sys.exit("answered %r" % answer)
        took.append(time.monotonic() - sent[key.fileobj])
        ask(key.fileobj)
took.sort()
p50, p99, last = (1000 * took[int(len(took) * part)] for part in (0.5, 0.99, 0.9999))
print("p50 %.1f ms, p99 %.1f ms, last %.1f ms" % (p50, p99, last))
sys.exit(p99 > 1000)
END
}

# A module that says a lot, at the speed of USB and not of a UART.
babbler() {
        cat >"$world/babble.py" <<'END'
import os, pty, sys, time, tty
ours, theirs = pty.openpty()
tty.setraw(theirs)
os.symlink(os.ttyname(theirs), sys.argv[1])
print("there", flush=True)
while True:
    os.write(ours, b"+WDSI: 18,55\r\n+CREG: 1,garbage that nobody asked for\r\n" * 20)
END
        spawn babbler python3 "$world/babble.py" "$world/m0"
        await 20 contains "$world/fotad.log" "m0: module-appeared"
}

manners() {
        local port
        world_new
        port=$(free_port)
        configure_downlink "listen: \"127.0.0.1:$port\""
        check "manners_fotad_starts" start_fotad
        check "slow_peers_come" slow_peers "$port"
        check "slow_peers_do_not_hold_up_others" believed "http://127.0.0.1:$port$V2?$(signed_query)"
        check "56_connections_are_answered_in_time" many_peers "$port"
        check "module_that_babbles" babbler
        check "56_connections_are_answered_in_time_while_a_module_babbles" many_peers "$port"
        check "bus_answers_meanwhile" answers
        end babbler
        check "slow_peers_are_gone_in_time" slow_peers_are_gone
}

apart() {
        (
                failed=0
                "$@" || failed=1
                exit "$failed"
        ) || {
                echo "# $*"
                failed=1
        }
}

apart plain
apart unix_socket
apart tls
apart reload
apart proxy
apart activation
apart manners
exit "$failed"
