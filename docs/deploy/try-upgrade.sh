#!/usr/bin/env bash
# Tries upgrades.md with the local runtime: a booking that is under way stays with the old version, a new one goes to the
# new version, and the old one is removed when nothing is left on it.
#
#   docs/deploy/try-upgrade.sh FOLDER      # FOLDER has restate-local and nexus-endpoint, e.g. .build/debug
set -euo pipefail
built=$(realpath "$1")
read -r ingress admin old new gateway <<<"${PORTS:-18080 19070 19081 19082 19095}"
children=()
finish() {
    kill "${children[@]}" 2>/dev/null || true
    wait
}
trap finish EXIT
start() {
    local program=$1
    shift
    "$built/$program" "$@" >/dev/null &
    children+=($!)
}
until_it_answers() { curl -sf --retry 50 --retry-connrefused --retry-delay 1 "$1" >/dev/null; }
admin() {
    local path=$1
    shift
    curl -sS --fail-with-body "localhost:$admin$path" "$@"
}
query() { curl -sS "localhost:$admin/query" -H 'accept: application/json' --json "{\"query\": \"$1\"}"; }
book() { curl -sS "localhost:$ingress/Checkout/process" --json "{\"ticketId\": \"$1\", \"userId\": \"alice\"}"; }
unfinished() { query "SELECT count(*) AS n FROM sys_invocation WHERE pinned_deployment_id = '$1' AND status <> 'completed'"; }

start nexus-endpoint gateway --port "$gateway"
start nexus-endpoint serve --port "$old" --gateway-url "http://localhost:$gateway" --mail-time 8s --mail-limit 60s
start nexus-endpoint serve --port "$new" --gateway-url "http://localhost:$gateway"
start restate-local --ingress-port "$ingress" --admin-port "$admin"
for port in "$old" "$new" "$admin"; do until_it_answers "localhost:$port/health"; done

id() { python3 -c 'import json, sys; print(json.load(sys.stdin)["id"])'; }
first=$(admin /deployments --json "{\"uri\": \"http://localhost:$old\"}" | id)
book seat-1 >/tmp/upgrade-first.$$ &
booking=$!
until [ "$(unfinished "$first")" != '{"rows":[{"n":0}]}' ]; do sleep 0.1; done

second=$(admin /deployments --json "{\"uri\": \"http://localhost:$new\"}" | id)
echo "a new booking, on $second: $(book seat-2)"
echo "on the old version are $(unfinished "$first")"
wait "$booking"
echo "the booking of the old version: $(cat /tmp/upgrade-first.$$)"
rm /tmp/upgrade-first.$$
echo "on the old version are $(unfinished "$first")"
admin "/deployments/$first?force=true" -X DELETE
query 'SELECT id FROM sys_deployment'; echo
