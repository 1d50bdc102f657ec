#!/bin/bash
# Proves the README's commands on a bare Debian 12: a minimal root file system with python3 and git, a fresh clone
# of HEAD, the commands. Needs root and debootstrap.
#
#   packaging/prove_debian.sh WORK_DIR [OVERLAY_DIR] [-- COMMAND...]
#
# WORK_DIR keeps base.tar, the pristine root, for the next time; the root that was used stays in WORK_DIR/root.
# OVERLAY_DIR, if given, is copied over the root: what a network asks for (etc/resolv.conf, etc/pip.conf, ...).
# COMMAND replaces the README's commands.
set -euo pipefail

work=$(mkdir -p "$1" && realpath "$1")
shift
overlay=
if [[ $# -gt 0 && $1 != -- ]]; then
  overlay=$1
  shift
fi
[[ $# -gt 0 ]] && shift
command=("$@")
if [[ ${#command[@]} -eq 0 ]]; then
  command=(sh -c 'python3 packaging/bootstrap.py demo --out demo-out && python3 packaging/bootstrap.py test')
fi

checkout=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
root=$work/root

if [[ ! -e $work/base.tar ]]; then
  rm -rf "$work/base"
  debootstrap --variant=minbase --include=python3,git,ca-certificates bookworm "$work/base"
  tar -C "$work/base" --exclude=./dev/* -cf "$work/base.tar.part" .
  mv "$work/base.tar.part" "$work/base.tar"
  rm -rf "$work/base"
fi

rm -rf "$root"
mkdir "$root"
tar -C "$root" -xf "$work/base.tar"
if [[ -n $overlay ]]; then
  cp -a "$overlay/." "$root/"
else
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
fi
git -C "$checkout" bundle create --quiet "$root/root/kinebrush.bundle" HEAD

# The mounts live in a name space of their own and go when it ends.
exec unshare --mount --pid --fork bash -euc '
  root=$1
  shift
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  exec chroot "$root" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -euc "
    cd /root
    git clone --quiet kinebrush.bundle kinebrush
    cd kinebrush
    exec \"\$@\"" bash "$@"
' bash "$root" "${command[@]}"
