/**
 * A systemctl that logs its arguments, and starts the installed program like a `Type=notify` service: the command succeeds once all
 * services are ready, which for these programs means that they exit with 0. The credentials that a unit loads for its service
 * are in `$FAKE/credentials.UNIT`.
 */
export const SYSTEMCTL = `#!/bin/sh
printf '%s\\n' "$*" >>"$FAKE/systemctl.log"
units=$DESTDIR/etc/systemd/system
start() {
  code=0
  for unit in "$@"; do
    options=$(sed -n "s/^Environment='OPTIONS=\\(.*\\)'$/\\1/p" "$units/$unit.service.d/override.conf" 2>/dev/null)
    command=$(sed -n 's/^ExecStart=//p' "$units/$unit.service" | sed "s|\\$OPTIONS|$options|")
    state=active credentials=$FAKE/credentials.$unit
    rm -rf "$credentials"; mkdir "$credentials"
    cat "$units/$unit.service" "$units/$unit.service.d/override.conf" 2>/dev/null |
      sed -n 's/^LoadCredential=\\([^:]*\\):/\\1 /p' |
      while read -r name file; do cp "$DESTDIR$file" "$credentials/$name" 2>/dev/null || :; done
    (export CREDENTIALS_DIRECTORY="$credentials"; cd "$DESTDIR/var/lib/$unit" 2>/dev/null || cd "$DESTDIR/etc"; eval "\\"\\$DESTDIR\\"$command") || state=failed code=1
    echo "$state" >"$FAKE/state.$unit"
  done
  return $code
}
case $1 in
  --version) echo "systemd \${SYSTEMD_VERSION:-252} (252.38-1~deb12u1)" ;;
  is-active) cat "$FAKE/state.$2" 2>/dev/null || echo inactive; grep -qs '^active' "$FAKE/state.$2" ;;
  enable) [ "$2" != --now ] || { shift 2; start "$@"; } ;;
  start | restart) shift; start "$@" ;;
  stop | disable) for unit in "$@"; do echo inactive >"$FAKE/state.$unit"; done ;;
esac
`;

export interface FakeBot {
  readonly version: string;
  /** Subcommands other than \`run\`. */
  readonly commands?: readonly ("backup" | "check" | "init" | "pair")[];
  /** The database's version: an older database is migrated to it, a newer one is refused with 78. */
  readonly schema?: number;
  /** The name of its database. */
  readonly database?: string;
  /** Text in a config that it rejects. */
  readonly refuses?: string;
  /** Answers in Russian unless told otherwise. */
  readonly isRussian?: boolean;
  /** Never becomes ready. */
  readonly broken?: boolean;
  /** Its downloader never becomes ready. */
  readonly cannotDownload?: boolean;
  /** Its \`check\` finds a problem. */
  readonly worried?: boolean;
  /** What its downloader finds on this machine: lines with a kind and an address. */
  readonly found?: string;
  /** The secret of the program behind its downloader; undefined if it needs none. */
  readonly secret?: string;
  /** That program does not answer. */
  readonly isSilent?: boolean;
}

/**
 * A shell script that behaves like dwld-bot towards install.sh. Its database is a file that holds the schema's number. The options
 * of its downloader's last start are in `$FAKE/options`, those of its last check in `$FAKE/checked`, a word a line. `$FAKE/starts`
 * has a line for each start: its version and its first argument.
 */
export function fakeBot(bot: FakeBot): string {
  const { version, commands = ["backup", "check"], schema = 1, database = "dwld-bot.db" } = bot;
  const { broken, cannotDownload, worried, refuses = "nothing at all", isRussian } = bot;
  const { found = "", secret = "", isSilent } = bot;
  return `#!/bin/sh
# KIND
{ echo "${version} $1" >>"$FAKE/starts"; } 2>/dev/null || :
readable() { [ "$(head -n 1 ${database} 2>/dev/null || echo 0)" -le ${schema} ]; }
finding() { printf '    {\\n      "area": "%s",\\n      "level": "%s",\\n      "what": "%s",\\n      "advice": "%s"\\n    },\\n' "$@"; }
check_downloader() {
  printf '%s\\n' "$@" >"$FAKE/checked"
  case " $* " in *" --backend nonsense "*) echo '--backend: found "nonsense"' >&2; exit 64 ;; esac
  finding folder ok "It can be written to" ""
  shown=$(cat "$CREDENTIALS_DIRECTORY/backend-secret" 2>/dev/null)
  if ${isSilent ? "true" : "false"}; then
    finding program fail "aria2 does not answer: ECONNREFUSED" 'Is it \\"running\\"?'
  elif [ "$shown" != '${secret}' ]; then
    finding secret fail "aria2 does not answer: Unauthorized" "Is the secret the right one?"
  else
    finding program ok "aria2 1.36.0 answers at http://127.0.0.1:6800/jsonrpc" ""
  fi
  finding bot ok "The bot answers" ""
  exit
}
case $1 in
  --version) echo "dwld-bot ${version} (fake)" ;;
  --help)
    echo "Commands:"
    for command in run ${commands.join(" ")}; do echo "  $command    what it does"; done
    ;;
  backup)
    ! grep -qs "${refuses}" "$4" || { echo "an unknown key" >&2; exit 78; }
    ${isRussian ? '[ "$DWLD_BOT_TELEGRAM_LANGUAGE" = en ] || { echo "По-русски" >&2; exit 78; }' : ":"}
    [ -e ${database} ] || { echo "There is no database at $PWD/${database}." >&2; exit 78; }
    cp ${database} "$2" && echo "Backed up $PWD/${database} to $2: 2 bytes, checked." ;;
  import)
    cat "$3/config.yaml" >"$5" || exit 78
    echo ${schema} >"$STATE_DIRECTORY/${database}"
    ;;
  init)
    read -r id
    echo "telegram: { admins: [$id] }" >"$3"
    (umask 077 && echo 5:typed >"$5")
    ;;
  pair)
    printf '%s' "$(cat "$CREDENTIALS_DIRECTORY/telegram-token")" | grep -q secret || exit 78
    echo hashed >${database}.pairing
    echo "Send ABCD-EFGH-JKMN to the bot" ;;
  check)
    [ "$2" != --json ] || {
      if grep -q '[0-9]\\]' "$4" || [ -e ${database}.admin ]; then finding access ok Ann ""; else finding access fail Nobody ""; fi
      printf '{ "what": "@my_bot through telegram" },\n{ "what": "10.0.0.1:9999 (grpc.listen) is free" }\n'; exit
    }
    readable || { echo "The database is of a newer version" >&2; exit 78; }
    printf 'config %s, token %s, as %s\\n' "$3" "$(cat "$CREDENTIALS_DIRECTORY/telegram-token" 2>/dev/null)" "$(id -un)"
    ${worried ? 'echo "Telegram cannot be reached" >&2; exit 78' : ":"}
    ;;
  run)
    readable || exit 78
    [ "$(head -n 1 ${database} 2>/dev/null)" = ${schema} ] || echo ${schema} >${database}
    ! grep -qs wrong "$DESTDIR/etc/dwld-bot/telegram-token" || exit 78
    ${broken ? "exit 70" : ":"}
    ;;
  downloader)
    shift
    case " $* " in
      *" --search "*) printf '${found.replaceAll("\n", "\\n")}'; exit ;;
      *" --check "*) check_downloader "$@" ;;
    esac
    printf '%s\\n' "$@" >"$FAKE/options"
    ${cannotDownload ? "exit 70" : ":"}
    ;;
  *) exit 64 ;;
esac
`;
}
