#!/bin/sh
# Stands for yt-dlp: the link's path says what it does. Its arguments lie in the folder where it was started.
case $* in *--version) echo 2023.03.04; exit ;; esac
printf '%s\n' "$@" > arguments
env > environment
for argument; do
  case $argument in home:*) home=${argument#home:} ;; esac
  link=$argument
done
say() { printf '[dwld-bot]%s\n' "$1"; }

case $link in
  */film)
    # As the one of Debian 12 (2023.03.04) says what it does not know.
    say '{"list":"null","name":"A film","nth":"null","of":"null"}'
    say '{"name":"A film","nth":null,"of":null,"current":1048576,"total":4194304,"estimate":null}'
    echo "a film" > "$home/A film.mp4"
    ;;
  */list)
    say '{"list":"Numbers","name":"Two","nth":2,"of":3,"current":1,"total":null,"estimate":4.5}'
    echo "one" > "$home/1 - One.mp4"
    echo "two" > "$home/2 - Two.mp4"
    echo "ERROR: [site] 3: Private video" >&2
    exit 1
    ;;
  */private)
    echo "WARNING: something about players" >&2
    echo "ERROR: [site] 1: a first trouble" >&2
    echo "ERROR: [site] 2: Private video" >&2
    echo "and what nobody needs" >&2
    exit 1
    ;;
  */feed)
    echo "ERROR: [generic] None: Unable to download webpage: HTTP Error 503: Service Unavailable (caused by …)" >&2
    echo "ERROR: Unsupported URL: https://films.example/2" >&2
    exit 1
    ;;
  */cut)
    # As the one of Debian 12 gives up a download.
    printf 'ERROR: \r[download] Got error: The read operation timed out. Giving up after 10 retries\n' >&2
    exit 1
    ;;
  */live) ;;
  */long)
    echo "a part" > film.part
    say '{"name":"A long film"}'
    # As ffmpeg is started: it has to end with its parent.
    sleep 600 &
    echo $! > child
    say '{"name":"A long film","current":1,"total":2}'
    wait
    ;;
  */leaving)
    # Out of its group, with its pipes, as what an operator's --exec may start.
    setsid sleep 600 &
    echo $! > child
    echo "a film" > "$home/A film.mp4"
    ;;
  */slow)
    say '{"name":"A slow film","status":"downloading","current":1,"total":2}'
    exec sleep 600
    ;;
  *) say "no JSON"; exit 3 ;;
esac
