#!/bin/sh
# Installs, upgrades and removes dwld-bot on a Linux with systemd 247 or newer. `sh install.sh --help` tells how.
#
# Everything happens in main, and its call is the last thing in the file: half a download does nothing.
set -eu
# Whoever became root with a plain `su` still has a user's PATH, without useradd.
PATH=$PATH:/usr/sbin:/sbin

usage() {
  cat <<'EOF'
Usage: sh install.sh [OPTIONS]           install, or upgrade what is installed
       sh install.sh --uninstall         remove the service and the binary, keep config and data
       sh install.sh --purge             remove everything: config, tokens, queue, backups, user

Without --from it takes the release that it lies in; in a checkout it builds the bot, which needs Node 20 and npm.

  --from FILE|DIR|URL   a binary, or the folder of a release: binaries, SHA256SUMS, dwld-bot.service
  --version X           with a folder of releases: the one in FROM/vX, and nothing else
  --token-file FILE     on a first installation: the bot's token from @BotFather (- reads it from standard input)
  --admin ID            on a first installation: your Telegram id
  --prefix DIR          where bin/dwld-bot goes (/usr/local)
  --no-service          only the binary: no user, no config, no service
  --no-start            do not start or restart the service
  --skip-check          upgrade although the new version finds something wrong
  --dry-run             say what would be changed and change nothing
  --help

Files: PREFIX/bin/dwld-bot, /etc/dwld-bot, /var/lib/dwld-bot, /etc/systemd/system/dwld-bot.service.
Environment:
  DESTDIR     install below this folder: no root needed, no user is created, no owner is changed
  SYSTEMCTL   what to call instead of systemctl; with DESTDIR nothing is called unless this is set
  CPUINFO     what to read instead of /proc/cpuinfo
EOF
}

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
  warn "install.sh: $*"
  exit 1
}

# change WORDS COMMAND…: does it and says so; with --dry-run only says so.
change() {
  words=$1 changed=yes
  shift
  if [ "$dry_run" = yes ]; then
    say "would $words"
  else
    say "$words"
    "$@"
  fi
}

is_root() { [ "$(id -u)" -eq 0 ]; }
# Below DESTDIR nothing belongs to the bot's user, who may not even exist here.
owned_by() { [ -n "$root" ] || chown "$1" "$2"; }
has_command() { "$1" --help 2>/dev/null | grep -q "^ *$2 "; }
version_of() { "$1" --version | sed -n '1s/^dwld-bot //p'; }
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
same_file() { [ -f "$1" ] && [ -f "$2" ] && cmp -s "$1" "$2"; }

# ── what this machine is ──

target() {
  [ "$(uname -s)" = Linux ] || die "dwld-bot runs on Linux; this is $(uname -s)"
  case $(uname -m) in
    x86_64 | amd64) arch=x64 loader=/lib/ld-musl-x86_64.so.1 ;;
    aarch64 | arm64) arch=arm64 loader=/lib/ld-musl-aarch64.so.1 ;;
    *) die "there is no build for $(uname -m), only for x86_64 and aarch64" ;;
  esac
  libc=
  if [ -e "$loader" ] && ! ls /lib/ld-linux-* /lib64/ld-linux-* >/dev/null 2>&1; then libc=-musl; fi
  # Bun finds out at run time whether there is AVX2, but without SSE4.2 it dies of "Illegal instruction".
  if [ $arch = x64 ] && ! grep -qw sse4_2 "${CPUINFO:-/proc/cpuinfo}"; then
    die "this processor has no SSE4.2 (Intel since 2008, AMD since 2011), which the bot needs"
  fi
  say "linux-$arch$libc"
}

need_systemd() {
  [ -n "$systemctl" ] || return 0
  if ! command -v "$systemctl" >/dev/null || { [ -z "$root" ] && [ ! -d /run/systemd/system ]; }; then
    refuse_without_systemd "systemd does not run here"
  fi
  running=$("$systemctl" --version | sed -n '1s/^systemd \([0-9][0-9]*\).*/\1/p')
  [ "${running:-0}" -ge 247 ] || refuse_without_systemd "systemd is ${running:-unknown} here, and the service needs 247"
}

refuse_without_systemd() {
  warn "install.sh: $1. Nothing was changed. To run the bot without it:
  1. sh install.sh --no-service       installs $prefix/bin/dwld-bot and nothing else
  2. dwld-bot init                    writes a config, in a folder of its own and as an ordinary user
  3. dwld-bot run --config FILE       under whatever starts programs here; it ends with 0 on SIGTERM, and is
                                      to be started again after any other code than 78 (wrong config or token)"
  exit 1
}

# ── what to install: leaves it in $fresh and its unit in $fresh_unit ──

obtain() {
  case $from in
    http://127.0.0.1[:/]* | http://localhost[:/]* | https://*) obtain_release fetch "$from" ;;
    http://*) die "$from: only https, so that nobody on the way can put another file in place" ;;
    '')
      here=$(dirname "$0")
      if [ -f "$here/install.sh" ] && [ -f "$here/SHA256SUMS" ]; then
        obtain_release copy "$here"
      elif [ -f "$here/install.sh" ] && grep -qs '"name": "dwld-bot"' "$here/package.json"; then
        build "$here"
      else
        die "nothing to install: name a release with --from, or run this in the folder of a release or in a checkout"
      fi
      ;;
    *)
      if [ -d "$from" ]; then obtain_release copy "$from"; else obtain_file "$from"; fi
      ;;
  esac
}

fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL --proto-redir =https --retry 3 -o "$2" "$1" || die "cannot download $1"
  elif command -v wget >/dev/null; then
    wget -qO "$2" "$1" || die "cannot download $1"
  else
    die "downloading needs curl or wget"
  fi
}

copy() {
  [ -f "$1" ] || die "there is no $1"
  cp "$1" "$2"
}

# obtain_release fetch|copy FOLDER
obtain_release() {
  folder=${2%/}${version:+/v$version}
  name=dwld-bot-$machine
  "$1" "$folder/SHA256SUMS" "$work/SHA256SUMS"
  if [ -f "$bin" ] && [ "$(sum_of "$bin")" = "$(released_sum "$name" "$work/SHA256SUMS")" ]; then
    fresh=$bin
  else
    say "take $name from $folder"
    fresh=$work/$name
    "$1" "$folder/$name" "$fresh"
    verify "$fresh" "$name" "$work/SHA256SUMS"
  fi
  fresh_unit=$work/dwld-bot.service
  "$1" "$folder/dwld-bot.service" "$fresh_unit"
  verify "$fresh_unit" dwld-bot.service "$work/SHA256SUMS"
}

obtain_file() {
  [ -z "$version" ] || die "--version needs a folder of releases, and $1 is a file"
  fresh=$work/$(basename "$1")
  copy "$1" "$fresh"
  beside=$(dirname "$1")
  if [ -f "$beside/SHA256SUMS" ]; then
    verify "$fresh" "$(basename "$1")" "$beside/SHA256SUMS"
  else
    warn "$1 is taken as it is: there is no SHA256SUMS beside it"
  fi
  for file in "$(dirname "$0")/dwld-bot.service" "$beside/dwld-bot.service"; do
    if [ -f "$file" ]; then fresh_unit=$file; fi
  done
}

# released_sum NAME SUMS
released_sum() { awk -v name="$1" '$2 == name || $2 == "*" name { print $1; exit }' "$2"; }

# verify FILE NAME SUMS
verify() {
  wanted=$(released_sum "$2" "$3")
  [ -n "$wanted" ] || die "SHA256SUMS does not name $2. Nothing was changed"
  found=$(sum_of "$1")
  [ "$wanted" = "$found" ] || die "$2 is not what was released (SHA-256 $found, not $wanted). Nothing was changed"
}

# build_in FOLDER [COMMAND THAT RUNS IT AS ANOTHER…]
build_in() {
  (
    cd "$1"
    shift
    "$@" npm ci --no-audit --no-fund
    "$@" npm run build
  )
}

build() {
  # npm is not to leave root's files in somebody's checkout.
  owner=$(stat -c %U "$1")
  command -v npm >/dev/null || die "building needs Node 20 with npm; or name a release with --from"
  fresh_unit=$1/dwld-bot.service
  if is_root && [ "$owner" != root ]; then
    change "build the bot in $1 as $owner" build_in "$1" runuser -u "$owner" --
  else
    change "build the bot in $1" build_in "$1"
  fi
  if [ "$dry_run" = no ]; then copy "$1/dist/dwld-bot" "$work/dwld-bot"; fi
  fresh=$work/dwld-bot
}

# ── user, folders, config ──

create_user() {
  if [ -n "$root" ] || id -u dwld-bot >/dev/null 2>&1; then return; fi
  change "create the user dwld-bot" useradd --system --user-group --home-dir /var/lib/dwld-bot --no-create-home \
    --shell /usr/sbin/nologin dwld-bot
}

make_folder() {
  mkdir -p "$1"
  chmod "$2" "$1"
  owned_by "$3" "$1"
}

create_folders() {
  if [ ! -d "$etc" ]; then change "create $etc" make_folder "$etc" 0750 root:dwld-bot; fi
  if [ ! -d "$state" ]; then change "create $state" make_folder "$state" 0700 dwld-bot:dwld-bot; fi
}

write_token() {
  (umask 077 && cat "$token_file" >"$etc/telegram-token")
}

write_config() {
  (umask 027 && printf '# All keys and their defaults: config.example.yaml\ntelegram:\n  admins: [%s]\n' "$admin" >"$etc/config.yaml")
  owned_by root:dwld-bot "$etc/config.yaml"
}

ask_for_config() {
  "$bin" init --output "$etc/config.yaml" --token-file "$etc/telegram-token" </dev/tty
  chmod 0640 "$etc/config.yaml"
  owned_by root:dwld-bot "$etc/config.yaml"
}

# Never touches what is there.
create_config() {
  if [ -n "$token_file" ] && [ ! -e "$etc/telegram-token" ]; then
    change "write the token to $etc/telegram-token" write_token
  fi
  if [ -e "$etc/config.yaml" ]; then return; fi
  if [ -n "$admin" ]; then
    change "write $etc/config.yaml" write_config
    configured=yes
  elif [ -t 1 ] && (: </dev/tty) 2>/dev/null && [ -x "$bin" ] && has_command "$bin" init; then
    change "ask for what $etc/config.yaml needs" ask_for_config
    configured=yes
  fi
}

warn_of_open_files() {
  for file in "$etc"/*-token; do
    if [ -n "$(find "$file" -perm /077 2>/dev/null)" ]; then
      warn "Others than root can read the token in $file: chmod 600 $file"
    fi
  done
}

# ── the binary and the unit ──

# Runs a command as the bot's user in the bot's folder. Root itself changes nothing there: the user could have put a link in
# its way.
as_user() {
  if is_root && [ -z "$root" ]; then set -- runuser -u dwld-bot -- "$@"; fi
  (cd "$state" && umask 077 && "$@")
}

# Runs the bot as systemd does: with a copy of the tokens that only its user can read.
as_service() {
  credentials=$work/credentials
  rm -rf "$credentials"
  (umask 077 && mkdir "$credentials")
  for file in "$etc"/*-token; do
    if [ -f "$file" ]; then cp "$file" "$credentials/"; fi
  done
  if is_root && [ -z "$root" ]; then
    chmod 0711 "$work"
    chown -R dwld-bot "$credentials"
  fi
  as_user env -u BUN_OPTIONS -u BUN_BE_BUN -u DEBUG CREDENTIALS_DIRECTORY="$credentials" "$@"
}

stage() {
  mkdir -p "$(dirname "$bin")"
  staged=$bin.new
  install -m 0755 "$fresh" "$staged"
  # Before anything is switched: does it run on this machine at all?
  case $machine in *-musl) hint=", which needs the package libstdc++" ;; *) hint= ;; esac
  "$staged" --version >"$work/version" || die "the new binary does not run on this machine$hint. Nothing was changed"
  new=$(sed -n '1s/^dwld-bot //p' "$work/version")
  case $new in
    '') die "$(basename "$fresh") is no dwld-bot. Nothing was changed" ;;
    "${version:-$new}" | "$version "*) ;;
    *) die "this is dwld-bot $new and not $version. Nothing was changed" ;;
  esac
}

back_up() {
  if [ ! -e "$etc/config.yaml" ]; then return 0; fi
  if ! has_command "$bin" backup; then
    warn "The database is not backed up: dwld-bot $old cannot do it"
    return 0
  fi
  as_user mkdir -p "$state/backups"
  backup=$state/backups/before-upgrade-$(date +%Y%m%d-%H%M%S).db
  say "back up the database to $backup"
  if as_service "$bin" backup "$backup" --config "$etc/config.yaml" >"$work/backup" 2>"$work/why"; then
    cat "$work/backup"
    # store.path may name another one.
    named=$(sed -n "s|^Backed up \(.*\) to $backup: .*|\1|p" "$work/backup")
    database=${named:-$database}
    # shellcheck disable=SC2012 # names of our own
    ls -1r "$state"/backups/before-upgrade-*.db | tail -n +4 | while read -r older; do as_user rm -f "$older"; done
  elif grep -q "^There is no database at " "$work/why"; then
    warn "There is no database yet: going on without a backup"
    backup=
  else
    cat "$work/why" >&2
    die "the database cannot be backed up. Nothing was changed: dwld-bot $old is as it was"
  fi
}

check_new() {
  if [ "$skip_check" = yes ] || [ ! -e "$etc/config.yaml" ] || ! has_command "$staged" check; then return 0; fi
  say "check with dwld-bot $new"
  if as_service timeout 120 "$staged" check --config "$etc/config.yaml"; then return 0; fi
  # What troubles both versions is no reason to keep the old one.
  if has_command "$bin" check && ! as_service timeout 120 "$bin" check --config "$etc/config.yaml" >/dev/null 2>&1; then
    warn "dwld-bot $old finds something wrong as well: going on"
    return 0
  fi
  die "dwld-bot $new finds something wrong, see above (--skip-check goes on all the same). Nothing was changed: dwld-bot $old is as it was"
}

swap() {
  if [ -e "$bin" ]; then ln -f "$bin" "$bin.prev" 2>/dev/null || cp -p "$bin" "$bin.prev"; fi
  mv -f "$staged" "$bin"
  staged=
}

install_binary() {
  if same_file "$fresh" "$bin"; then return; fi
  changed=yes
  if [ "$dry_run" = yes ]; then
    if [ -e "$bin" ]; then
      say "would back up the database, check with the new version, and keep $bin as $bin.prev"
    fi
    say "would install $bin"
    new_binary=yes
    return
  fi
  stage
  if [ -e "$bin" ] && [ "$service" = yes ]; then
    old=$(version_of "$bin") || old="(which does not run)"
    back_up
    check_new
  fi
  say "install $bin: dwld-bot $new"
  swap
  new_binary=yes
}

write_unit() {
  mkdir -p "$(dirname "$unit")"
  if [ -e "$unit" ]; then cp -p "$unit" "$unit.prev"; fi
  cp "$work/unit" "$unit.new"
  chmod 0644 "$unit.new"
  mv -f "$unit.new" "$unit"
}

install_unit() {
  if [ -z "$fresh_unit" ]; then
    [ -e "$unit" ] || die "there is no dwld-bot.service beside the binary nor beside install.sh"
    return 0
  fi
  sed "s|^ExecStart=/usr/local/bin/|ExecStart=$prefix/bin/|" "$fresh_unit" >"$work/unit"
  if same_file "$work/unit" "$unit"; then return; fi
  new_unit=yes
  if [ -e "$unit" ]; then
    change "replace $unit, keeping the old one as $unit.prev" write_unit
  else
    first=yes
    change "write $unit" write_unit
  fi
  ctl daemon-reload
}

# ── the service ──

ctl() {
  [ -n "$systemctl" ] || return 0
  change "run systemctl $*" "$systemctl" "$@"
}

settle() {
  if [ "$first$configured" != "" ]; then
    if [ ! -e "$etc/config.yaml" ] && [ -z "$configured" ]; then
      say "There is no config yet. Run this again on a terminal or with --token-file FILE --admin ID; or write $etc/config.yaml
and then: systemctl enable --now dwld-bot"
    elif [ "$start" = yes ]; then
      ctl enable --now dwld-bot || die "dwld-bot does not become ready. What it says: journalctl -u dwld-bot -n 50"
    fi
    return
  fi
  if [ -z "$new_binary$new_unit" ] || [ "$start" = no ] || [ -z "$systemctl" ]; then return; fi
  case $("$systemctl" is-active dwld-bot 2>/dev/null || :) in
    # A Type=notify service: this returns when it is ready, or is not.
    active | activating | reloading | failed) ctl restart dwld-bot || roll_back ;;
    *) say "The service does not run, and is not started. To start it: systemctl start dwld-bot" ;;
  esac
}

roll_back() {
  why="What it said: journalctl -u dwld-bot -n 50"
  warn "dwld-bot ${new:-with the new unit} does not become ready: going back"
  if [ "$new_binary" = yes ] && [ -e "$bin.prev" ]; then mv -f "$bin.prev" "$bin"; fi
  if [ "$new_unit" = yes ] && [ -e "$unit.prev" ]; then
    mv -f "$unit.prev" "$unit"
    ctl daemon-reload
  fi
  # It may have tried so often that systemd refuses to try again.
  ctl reset-failed dwld-bot || :
  if ctl restart dwld-bot; then die "dwld-bot ${old:-with the old unit} runs again. $why"; fi
  if [ -z "$backup" ] || [ ! -e "$backup" ]; then die "and what was there before does not become ready either. $why"; fi
  # The new version may have changed the database so that the old one cannot read it.
  ctl stop dwld-bot || :
  for suffix in '' -wal -shm; do
    if [ -e "$database$suffix" ]; then
      as_user mv -f "$database$suffix" "$database.failed-upgrade$suffix"
    fi
  done
  as_user cp "$backup" "$database"
  ctl restart dwld-bot ||
    die "and dwld-bot $old does not become ready either, not even with the database as it was before. $why"
  die "dwld-bot $old runs again, with the database as it was before; the other one is $database.failed-upgrade. $why"
}

# ── removal ──

uninstall() {
  if [ -e "$unit" ]; then
    ctl disable --now dwld-bot
    change "remove $unit" rm -f "$unit" "$unit.prev"
    ctl daemon-reload
  fi
  if [ -e "$bin" ]; then change "remove $bin" rm -f "$bin" "$bin.prev" "$bin.new"; fi
  if [ "$purge" = yes ]; then
    for folder in "$etc" "$state"; do
      if [ -e "$folder" ]; then change "remove $folder and all that is in it" rm -rf "$folder"; fi
    done
    if [ -z "$root" ] && id -u dwld-bot >/dev/null 2>&1; then change "remove the user dwld-bot" userdel dwld-bot; fi
    return
  fi
  for folder in "$etc" "$state"; do
    if [ -e "$folder" ]; then say "kept: $folder"; fi
  done
}

need_value() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then usage_error "$1 needs a value"; fi
}

usage_error() {
  warn "install.sh: $1. Try sh install.sh --help"
  exit 64
}

main() {
  umask 022
  root=${DESTDIR:-} prefix='' from='' version='' token_file='' admin=''
  service=yes start=yes skip_check=no dry_run=no remove=no purge=no
  fresh='' fresh_unit='' staged='' new_binary='' new='' old='' new_unit='' first='' configured='' backup='' changed=''
  while [ $# -gt 0 ]; do
    case $1 in
      --from) need_value "$@" && from=$2 && shift ;;
      --version) need_value "$@" && version=${2#v} && shift ;;
      --token-file) need_value "$@" && token_file=$2 && shift ;;
      --admin) need_value "$@" && admin=$2 && shift ;;
      --prefix) need_value "$@" && prefix=${2%/} && shift ;;
      --no-service) service=no ;;
      --no-start) start=no ;;
      --skip-check) skip_check=yes ;;
      --dry-run) dry_run=yes ;;
      --uninstall) remove=yes ;;
      --purge) remove=yes purge=yes ;;
      -h | --help)
        usage
        exit 0
        ;;
      *) usage_error "unknown option $1" ;;
    esac
    shift
  done
  case $admin in *[!0-9-]*) usage_error "--admin needs a number: the bot answers strangers with theirs" ;; esac
  case $prefix in '' | /*) ;; *) usage_error "--prefix needs an absolute path" ;; esac
  if [ -n "$token_file" ] && [ "$token_file" != - ] && [ ! -r "$token_file" ]; then die "cannot read $token_file"; fi

  etc=$root/etc/dwld-bot
  state=$root/var/lib/dwld-bot
  database=$state/dwld-bot.db
  unit=$root/etc/systemd/system/dwld-bot.service
  # Where it is already; else where it usually goes.
  if [ -z "$prefix" ] && [ -e "$unit" ]; then prefix=$(sed -n 's|^ExecStart=\([^ ]*\)/bin/dwld-bot .*|\1|p' "$unit"); fi
  prefix=${prefix:-/usr/local}
  bin=$root$prefix/bin/dwld-bot
  if [ -n "$root" ] || [ "$service" = no ]; then systemctl=${SYSTEMCTL:-}; else systemctl=${SYSTEMCTL:-systemctl}; fi

  is_root || [ -n "$root" ] || [ "$dry_run" = yes ] || die "this needs root: sudo sh install.sh, or su -c 'sh install.sh'"
  work=$(mktemp -d)
  trap 'rm -rf "$work"; if [ -n "$staged" ]; then rm -f "$staged"; fi' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  if [ "$remove" = yes ]; then
    uninstall
    return
  fi
  if [ "$service" = yes ]; then need_systemd; fi
  machine=$(target)
  obtain
  if [ "$service" = yes ]; then
    create_user
    create_folders
  fi
  install_binary
  if [ "$service" = yes ]; then
    install_unit
    create_config
    warn_of_open_files
    settle
  fi
  if [ -z "$changed" ]; then say "Nothing to change: dwld-bot $(version_of "$bin") is installed"; fi
}

{ main "$@"; }
