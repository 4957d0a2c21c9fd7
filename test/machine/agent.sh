#!/bin/bash
# Runs in the emulated machine: reads scripts, one a line, in base64, and answers each with its exit code and its output, also in
# base64. The first line after a start is "up".
exec 3<>/dev/virtio-ports/control
echo up >&3
while read -r script <&3; do
  said=$(bash -c "$(base64 -d <<<"$script")" 2>&1 </dev/null)
  printf '%s %s\n' "$?" "$(base64 -w 0 <<<"$said")" >&3
done
