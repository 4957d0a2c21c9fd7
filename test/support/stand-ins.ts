/** Fails with a message on stderr, as the real program does for unknown arguments. */
const REFUSE = 'refuse() { echo "$(basename "$0"): no such thing: $1" >&2; exit 64; }';

const UNITS = 'for unit; do case $unit in dwld-bot|dwld-bot-downloader) ;; *) refuse "$unit" ;; esac; done';

/**
 * Stand-ins for a machine's programs: they do nothing, and refuse arguments that are not in their manuals. `sudo` is already root.
 * systemctl(1), journalctl(1), apt(8); `pipx install --help`.
 */
export const STAND_INS: Readonly<Record<string, string>> = {
  sudo: '#!/bin/sh\nexec env "$@"\n',
  systemctl: `#!/bin/sh
${REFUSE}
verb=$1; shift
case $verb in
  --version) echo "systemd 252 (252)"; exit ;;
  daemon-reload) [ $# -eq 0 ] || refuse "$1"; exit ;;
  enable | disable) [ "\${1:-}" != --now ] || shift ;;
  kill) [ "$1 $2" = "-s USR2" ] || refuse "$1 $2"; shift 2 ;;
  status | start | stop | restart | edit | revert | is-active | reset-failed) ;;
  *) refuse "$verb" ;;
esac
[ $# -gt 0 ] || refuse "no unit"
${UNITS}
`,
  journalctl: `#!/bin/sh
${REFUSE}
while [ $# -gt 0 ]; do
  case $1 in
    -f | --no-pager) shift; continue ;;
    -u) case $2 in dwld-bot | dwld-bot-downloader) ;; *) refuse "$2" ;; esac ;;
    -p) case $2 in err | warning) ;; *) refuse "$2" ;; esac ;;
    -n) [ "$2" -ge 0 ] ;;
    -o) [ "$2" = cat ] || refuse "$2" ;;
    --since) case $2 in today | -[0-9]*min) ;; *) refuse "$2" ;; esac ;;
    *) refuse "$1" ;;
  esac
  shift 2
done
`,
  npm: "#!/bin/sh\n",
  apt: `#!/bin/sh
${REFUSE}
[ "$1" = install ] || refuse "$1"
shift
[ $# -gt 0 ] || refuse "no package"
for package; do case $package in [a-z0-9]*) ;; *) refuse "$package" ;; esac; done
`,
  pipx: `#!/bin/sh
${REFUSE}
[ "$*" = "install yt-dlp[default,deno]" ] || refuse "$*"
`,
};
