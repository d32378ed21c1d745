#!/usr/bin/env bash
# Proves the README's two commands on an empty Debian: a fresh system in a folder, a clean clone of the last
# commit, nothing else. As root, with debootstrap.
#
#   packaging/prove_chroot.sh FOLDER [arguments for pytest]
#
# FOLDER is made when it is not there and may be used again; what a run installed in it stays, so take a new one
# (or FRESH=1) for the full proof. SUITE (bookworm) and MIRROR (debootstrap's own) choose the Debian;
# COMMANDS ("test run") what is run in it.
set -euo pipefail

folder=${1:?usage: packaging/prove_chroot.sh FOLDER [arguments for pytest]}
shift
repo=$(cd "$(dirname "$0")/.." && pwd)
suite=${SUITE:-bookworm}

if [[ ${FRESH:-} && -d $folder ]]; then rm -rf --one-file-system "$folder"; fi
if [[ ! -e $folder/usr/bin/python3 ]]; then
    debootstrap --variant=minbase --include=python3,ca-certificates "$suite" "$folder" ${MIRROR:+"$MIRROR"}
fi
folder=$(cd "$folder" && pwd)

rm -rf "$folder/src"
git clone --quiet "$repo" "$folder/src/qunfa"
echo "clone of $(git -C "$folder/src/qunfa" log -1 --format='%h %s')"

# The network's settings of this machine: names, certificates, proxies, the package client's own.
cp -L /etc/resolv.conf "$folder/etc/resolv.conf"
cp -L /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
settings=(HOME=/root TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin)
for name in PIP_CERT PIP_INDEX_URL PIP_DEFAULT_TIMEOUT http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    if [[ ${!name:-} ]]; then settings+=("$name=${!name}"); fi
done

# Node has certificates of its own and learns this machine's only so.
settings+=(NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt)

inside() { # run a command in the new system; its mounts are gone with the namespace
    unshare --mount --fork --pid --kill-child bash -c '
        root=$1; shift
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/tmp"
        exec chroot "$root" "$@"' inside "$folder" env -i "${settings[@]}" "$@"
}

for command in ${COMMANDS:-test run}; do
    echo "== python3 packaging/dev.py $command"
    started=$SECONDS
    arguments=()
    if [[ $command == test ]]; then arguments=("$@"); fi
    inside sh -c 'cd /src/qunfa && exec python3 packaging/dev.py "$@"' sh "$command" "${arguments[@]}"
    echo "== $command passed in $((SECONDS - started)) s"
done
