# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# bash completion for fotactl(1). Module names come from fotad itself, by `fotactl list`; when it does
# not run there are none. Installed as .../bash-completion/completions/fotactl.

# The --socket that is on the line already, so that names come from the same fotad.
_fotactl_socket() {
        local i
        for ((i = 1; i < COMP_CWORD; i++)); do
                if [[ ${COMP_WORDS[i]} == --socket ]]; then
                        printf '%s\n' --socket "${COMP_WORDS[i + 1]}"
                        return
                fi
        done
}

_fotactl_modules() {
        local socket
        mapfile -t socket < <(_fotactl_socket)
        fotactl "${socket[@]}" --no-legend --no-pager list 2>/dev/null | cut -d' ' -f1
}

# The words behind the options: the verb, then what belongs to it.
_fotactl_words() {
        local i
        for ((i = 1; i < COMP_CWORD; i++)); do
                case ${COMP_WORDS[i]} in
                        --socket | --file | --to | --at | --since | --until | --what | --module | --who | --why | --for) ((i++)) ;;
                        -*) ;;
                        *) printf '%s\n' "${COMP_WORDS[i]}" ;;
                esac
        done
}

_fotactl() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local verbs='list status explain plan watch history connect disconnect accept defer update suspend
                resume cancel register settings inhibit uninhibit inhibitors command transcript uplink reload log-level version help'
        local options='--socket --json --no-legend --no-pager --quiet --help --version'
        local words candidates=''

        if [[ $previous == --socket || $previous == --file ]]; then
                mapfile -t COMPREPLY < <(compgen -f -- "$current")
                return
        fi
        case $previous in
                --to | --who | --why) return ;;
                --at | --since | --until) candidates='now today tomorrow yesterday' ;;
                --module) candidates=$(_fotactl_modules) ;;
                --what) candidates='download,install install download connect reboot uninstall' ;;
                --for) candidates='30min 1h 2h 4h 8h 1d' ;;
        esac
        if [[ $candidates ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
                return
        fi
        mapfile -t words < <(_fotactl_words)
        if [[ $current == -* ]]; then
                case ${words[0]-} in
                        accept) options+=' --now' ;;
                        explain | plan) options+=' --at' ;;
                        history) options+=' --events --since --until' ;;
                        transcript) options+=' --follow' ;;
                        inhibit) options+=' --why --who --what --module --for' ;;
                        update) options+=' --wait --file --package --to' ;;
                esac
                candidates=$options
        else
                case ${#words[@]}:${words[0]-} in
                        0:) candidates=$verbs ;;
                        1:status | 1:explain | 1:watch | 1:history | 1:connect | 1:disconnect | 1:accept | \
                                1:defer | 1:update | 1:suspend | 1:resume | 1:cancel | 1:register | 1:settings | \
                                1:command | 1:transcript)
                                candidates=$(_fotactl_modules)
                                ;;
                        2:accept | 2:defer | 2:explain) candidates='connect download install reboot uninstall' ;;
                        2:settings) candidates='show save diff restore' ;;
                        3:defer) candidates='30min 1h 2h 4h 8h 1d' ;;
                        1:uplink) candidates='status flush' ;;
                        1:log-level) candidates='error warning notice info debug' ;;
                esac
        fi
        mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}

complete -F _fotactl fotactl
