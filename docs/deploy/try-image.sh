#!/usr/bin/env bash
# Builds the Dockerfile on Debian without Docker and without a registry, runs the image, and has the local runtime sell
# tickets through it. The base images are made of Debian's packages, the toolchain is this machine's.
#
#   apt-get install -y buildah mmdebstrap
#   docs/deploy/try-image.sh FOLDER      # FOLDER has restate-local and nexus, e.g. .build/debug
#
# PORTS are those that are used: ingress, admin, services (18080 19070 19080).
set -euo pipefail
built=$(realpath "$1")
cd "$(dirname "$0")/../.."
read -r ingress admin services <<<"${PORTS:-18080 19070 19080}"
toolchain=$(realpath "$(dirname "$(realpath "$(command -v swift)")")/../..")
work=$(mktemp -d)
children=()
# buildah passes no signal on to what runs inside.
end() {
    local child
    for child in $(ps -o pid= --ppid "$1"); do end "$child"; done
    kill "$1" 2>/dev/null || true
}
finish() {
    for child in "${children[@]}"; do end "$child"; done
    wait
    if [ -n "${container:-}" ]; then buildah rm "$container" >/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT

has() { buildah inspect --type image "$1" >/dev/null 2>&1; }

if ! has localhost/debian:bookworm-slim; then
    mmdebstrap --variant=minbase bookworm "$work/base.tar"
    new=$(buildah from scratch)
    buildah add --quiet "$new" "$work/base.tar" /
    buildah config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$new"
    buildah commit --quiet --rm --format docker "$new" localhost/debian:bookworm-slim
fi
if ! has localhost/swift:6.3-bookworm; then
    new=$(buildah from localhost/debian:bookworm-slim)
    buildah run --isolation chroot --network host "$new" -- sh -c 'apt-get update && apt-get install -y \
        --no-install-recommends binutils ca-certificates gcc git libc6-dev libcurl4 libedit2 libgcc-12-dev \
        libncurses6 libsqlite3-0 libstdc++-12-dev libxml2 tzdata zlib1g-dev'
    buildah config --env "PATH=$toolchain/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" "$new"
    buildah commit --quiet --rm --format docker "$new" localhost/swift:6.3-bookworm
fi

buildah bud --format docker --isolation chroot --network host --volume "$toolchain:$toolchain:ro" \
    --build-arg BUILDER=localhost/swift:6.3-bookworm --build-arg BASE=localhost/debian:bookworm-slim \
    --file docs/deploy/Dockerfile --tag localhost/nexus .
buildah inspect --type image --format '{{.Docker.Config.User}} {{.Docker.Config.Entrypoint}} {{.Docker.Config.Healthcheck}}' \
    localhost/nexus

container=$(buildah from localhost/nexus)
inside() { buildah run --isolation chroot --network host --env "NEXUS_PORT=$services" "$container" -- "$@"; }
inside sh -c 'id -u; ls -l /usr/local/bin/nexus; ldd /usr/local/bin/nexus'
if inside ldd /usr/local/bin/nexus | grep sqlite; then exit 1; fi

# Nobody is there yet.
if inside nexus health; then exit 1; fi
inside nexus serve & children+=($!)
"$built/restate-local" --ingress-port "$ingress" --admin-port "$admin" &
children+=($!)
for _ in $(seq 100); do
    if curl -sf "localhost:$admin/health" >/dev/null && inside nexus health; then break; fi
    sleep 0.2
done
curl -sS --fail-with-body "localhost:$admin/deployments" --json "{\"uri\": \"http://localhost:$services\"}" >/dev/null
"$built/nexus" scenarios --url "http://localhost:$ingress" --admin-url "http://localhost:$admin" \
    --gateway-url "http://localhost:$services"
