#!/bin/sh
# enter.sh BUN FILTER CALLS PROGRAM ARGUMENTS…: in mounts of its own, makes the machine look as dwld-bot.service makes it look,
# with the working directory as the state directory, gives up all rights, and lets FILTER become the program.
set -eu
state=$(pwd)
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
mkdir /mnt/state
mount --bind "$state" /mnt/state
# Copies: these may lie where nothing will be seen of them, or be for their owner's eyes only.
install -m 755 "$1" /mnt/bun
install -m 644 "$2" /mnt/filter.ts
install -m 755 "$4" /mnt/program
for place in /tmp /home /root; do mount -t tmpfs tmpfs "$place"; done
mkdir -p "$state"
mount --bind /mnt/state "$state"
mount -t proc -o subset=pid,hidepid=invisible proc /proc
mount -o remount,bind,ro /mnt
mount -o remount,bind,ro /
cd "$state"
umask 077
calls=$3
shift 4
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- \
  /mnt/bun /mnt/filter.ts "$calls" /mnt/program "$@"
