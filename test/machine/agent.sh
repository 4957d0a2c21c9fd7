#!/bin/bash
# Runs in the emulated machine: takes a script a line, in base64, and answers each with its exit code and what it said, in
# base64 as well. The first line after a start is "up".
exec 3<>/dev/virtio-ports/control
echo up >&3
while read -r script <&3; do
  said=$(bash -c "$(base64 -d <<<"$script")" 2>&1 </dev/null)
  printf '%s %s\n' "$?" "$(base64 -w 0 <<<"$said")" >&3
done
