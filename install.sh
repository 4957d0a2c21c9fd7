#!/bin/sh
# Installs, upgrades and removes dwld-bot, and the server that downloads, on a Linux with systemd 247 or newer.
# `sh install.sh --help` tells how.
#
# Everything happens in main, and its call is the last thing in the file: half a download does nothing.
set -eu
# Whoever became root with a plain `su` still has a user's PATH, without useradd.
PATH=$PATH:/usr/sbin:/sbin

# As POSIX has it: the first of them that says anything counts.
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in ru | ru[_.@]*) lang=ru ;; *) lang=en ;; esac

usage() {
  if [ "$lang" = ru ]; then usage_in_russian; else usage_in_english; fi
}

usage_in_english() {
  cat <<'EOF'
Usage: sh install.sh [OPTIONS]           install, or upgrade what is installed
       sh install.sh --downloader        the same for the built-in server, with or without a bot on this machine
       sh install.sh --uninstall         remove the service and the binary, keep config and data
       sh install.sh --purge             remove everything: config, tokens, queue, backups, user

Without --from, installs the release that this script is part of; in a checkout, builds the bot, which needs Node 20 or newer and npm.

  --from FILE|DIR|URL   a binary, or the folder of a release: binaries, SHA256SUMS, units
  --version X           if --from is a folder of releases: the one in FROM/vX, and no other
  --token-file FILE     the bot's token from @BotFather (-: standard input); run again to replace it
  --admin ID            your Telegram id; run again to add an admin. Without it, and without a terminal, a one-time code
                        is shown: the first person to send it to the bot becomes the admin
  --import DIR          import the config and queue of the Go version in that folder
  --prefix DIR          where bin/dwld-bot goes (/usr/local)
  --no-service          only the binary: no user, no config, no service
  --no-start            do not start or restart the service
  --skip-check          continue even if the new version finds something wrong
  --dry-run             show what would change, and change nothing
  --help

The built-in server, which downloads what the bot hands over, is a separate service. With --downloader, everything,
including --uninstall and --purge, applies to that service. Options given here are kept until they are given anew, or changed
with systemctl edit dwld-bot-downloader:

  --dir DIR             the folder for the files (/srv/dwld-bot), or, with --backend, for its list (/var/lib/dwld-bot-downloader)
  --name NAME           its name in the chat (this machine's name)
  --roots SITES         the sites that it takes links of, separated by commas (all)
  --bot HOST:PORT       where the bot listens for servers (127.0.0.1:9999)
  --listen HOST:PORT    where it listens for the bot (127.0.0.1:50051; for a bot elsewhere 0.0.0.0:50051)
  --join CODE           the code that dwld-bot add-server printed on the bot's machine; replaces --name, --bot and --token-file
  --join-file FILE      the same, with the code in a file (-: standard input)
  --token-file FILE     the bot's grpc.token, if it has one
  --backend NAME        the program that downloads for it: aria2, qbittorrent, transmission, metube, ytptube (auto: itself).
                        It must answer and accept the secret before anything is changed
  --backend-url URL     the address of that program (on this machine)
  --backend-user NAME   the user to log in as
  --backend-secret-file FILE  the password or key (-: standard input)
  --backend-dir DIR     the folder where it saves files, as that program sees the path
  --backend-option KEY=VALUE  an option of this program only (may be given several times)
  --with-files          with --purge: remove the downloaded files too

Files: PREFIX/bin/dwld-bot, PREFIX/sbin/dwld-bot-uninstall (this script, which then removes), /etc/dwld-bot, /var/lib/dwld-bot,
/etc/systemd/system/dwld-bot.service; for the built-in server /etc/systemd/system/dwld-bot-downloader.service and .service.d,
/var/cache/dwld-bot-downloader, and its files or /var/lib/dwld-bot-downloader.
Environment:
  DESTDIR     install below this folder: needs no root, creates no user, changes no owner
  SYSTEMCTL   the command to call instead of systemctl; with DESTDIR none is called unless this is set
  CPUINFO     the file to read instead of /proc/cpuinfo
EOF
}

usage_in_russian() {
  cat <<'EOF'
Как запускать: sh install.sh [КЛЮЧИ]     поставить бота или обновить установленного
               sh install.sh --downloader  то же для встроенного сервера, здесь или там, где бота нет
               sh install.sh --uninstall   убрать службу и программу, оставить настройки и данные
               sh install.sh --purge       убрать всё: настройки, токены, очередь, копии, пользователя

Без --from берётся релиз, в папке которого лежит скрипт; в рабочей копии он собирает бота, нужны Node 20 или новее и npm.

  --from FILE|DIR|URL   программа или папка релиза: программы, SHA256SUMS, файлы служб
  --version X           для папки с релизами: именно тот, что в FROM/vX
  --token-file FILE     токен бота от @BotFather (- — читать его со стандартного ввода); позже: новый
  --admin ID            ваш id в Telegram; позже: ещё один администратор. Без него и без терминала будет показан
                        одноразовый код: кто первым пришлёт его боту, станет администратором
  --import DIR          перенести настройки и очередь версии на Go, которая лежит там
  --prefix DIR          куда поставить bin/dwld-bot (/usr/local)
  --no-service          только программа: без пользователя, настроек и службы
  --no-start            не запускать и не перезапускать службу
  --skip-check          продолжить, хотя новая версия находит ошибки
  --dry-run             сказать, что предстоит, и ничего не менять
  --help

Встроенный сервер, который скачивает то, что передал бот, — отдельная служба. С --downloader, в том числе перед
--uninstall и --purge, всё относится к нему; что выбрано здесь, остаётся, пока не выбрано заново или не изменено через
systemctl edit dwld-bot-downloader:

  --dir DIR             куда складывать файлы (/srv/dwld-bot); с --backend — где его список (/var/lib/dwld-bot-downloader)
  --name NAME           как его называют люди (имя этой машины)
  --roots SITES         какие сайты он берёт, через запятую (все)
  --bot HOST:PORT       где бот принимает серверы (127.0.0.1:9999)
  --listen HOST:PORT    где он сам принимает бота (127.0.0.1:50051; для бота на другой машине 0.0.0.0:50051)
  --join CODE           то, что dwld-bot add-server напечатал на машине бота: тогда без --name, --bot и --token-file
  --join-file FILE      то же, но код лежит в файле (- — прочитать его со стандартного ввода)
  --token-file FILE     grpc.token бота, если он есть
  --backend NAME        программа, которая качает за него: aria2, qbittorrent, transmission, metube, ytptube (auto: качает
                        сам). Отвечает ли она и подходит ли пароль, проверяется до всех изменений
  --backend-url URL     адрес этой программы (на этой машине)
  --backend-user NAME   имя пользователя в ней
  --backend-secret-file FILE  её пароль или ключ (- — прочитать его со стандартного ввода)
  --backend-dir DIR     куда ей класть файлы: путь, каким его видит она
  --backend-option KEY=VALUE  настройка именно этой программы (можно указать несколько раз)
  --with-files          вместе с --purge: убрать и скачанное

Файлы: PREFIX/bin/dwld-bot, PREFIX/sbin/dwld-bot-uninstall (этот скрипт, он удаляет), /etc/dwld-bot, /var/lib/dwld-bot,
/etc/systemd/system/dwld-bot.service; у встроенного сервера
/etc/systemd/system/dwld-bot-downloader.service и .service.d, /var/cache/dwld-bot-downloader и его файлы или
/var/lib/dwld-bot-downloader.
Переменные окружения:
  DESTDIR     ставить в эту папку: root не нужен, пользователи и владельцы не меняются
  SYSTEMCTL   что вызывать вместо systemctl; с DESTDIR без этого не вызывается ничего
  CPUINFO     что читать вместо /proc/cpuinfo
EOF
}

# The Russian of every sentence, by the English that is written where it is said.
russian() {
  case $1 in
    "make a code for the first admin")
      printf '%s' "создание кода для первого администратора" ;;
    "would %s")
      printf '%s' "предстоит %s" ;;
    "dwld-bot runs on Linux; this is %s")
      printf '%s' "dwld-bot работает в Linux, а здесь %s" ;;
    "there is no build for %s, only for x86_64 and aarch64")
      printf '%s' "сборки для %s нет, только для x86_64 и aarch64" ;;
    "this processor has no SSE4.2 (Intel since 2008, AMD since 2011), which the bot needs")
      printf '%s' "у этого процессора нет SSE4.2 (Intel с 2008 года, AMD с 2011), без него бот не работает" ;;
    "systemd does not run here")
      printf '%s' "systemd здесь не запущен" ;;
    "systemd is %s here, and the service needs 247")
      printf '%s' "здесь systemd %s, а службе нужен 247" ;;
    "%s. Nothing was changed. To run the bot without it:
  1. sh install.sh --no-service       installs %s/bin/dwld-bot and nothing else
  2. dwld-bot init                    writes a config, in a folder of its own and as an ordinary user
  3. dwld-bot run --config FILE       under whatever starts programs here; it ends with 0 on SIGTERM, and is
                                      to be started again after any other code than 78 (wrong config or token)")
      printf '%s' "%s. Ничего не изменено. Чтобы запустить бота без него:
  1. sh install.sh --no-service       поставит %s/bin/dwld-bot и больше ничего
  2. dwld-bot init                    запишет настройки, в отдельной папке и от обычного пользователя
  3. dwld-bot run --config FILE       под тем, что здесь запускает программы; по SIGTERM он завершится с кодом 0, а после
                                      любого другого кода, кроме 78 (неверны настройки или токен), его надо запустить снова" ;;
    "%s: replace OWNER with the owner of the repository that this script is from")
      printf '%s' "%s: вместо OWNER поставьте владельца репозитория, из которого вы всё это взяли" ;;
    "%s: only https is accepted, so that nobody can replace the file on the way")
      printf '%s' "%s: только https, чтобы никто по дороге не подменил файл" ;;
    "nothing to install: name a release with --from, or run this in the folder of a release or in a checkout")
      printf '%s' "нечего ставить: укажите релиз ключом --from или запустите скрипт из папки релиза или рабочей копии" ;;
    "cannot download %s")
      printf '%s' "не удаётся скачать %s" ;;
    "downloading needs curl or wget")
      printf '%s' "для скачивания нужен curl или wget" ;;
    "there is no %s")
      printf '%s' "нет файла %s" ;;
    "take %s from %s")
      printf '%s' "беру %s из %s" ;;
    "--version needs a folder of releases, and %s is a file")
      printf '%s' "для --version нужна папка с релизами, а %s — файл" ;;
    "%s is taken as it is: there is no SHA256SUMS beside it")
      printf '%s' "%s беру как есть: рядом нет SHA256SUMS" ;;
    "SHA256SUMS does not name %s. Nothing was changed")
      printf '%s' "в SHA256SUMS нет %s. Ничего не изменено" ;;
    "%s is not what was released (SHA-256 %s, not %s). Nothing was changed")
      printf '%s' "%s — не тот файл, что в релизе (SHA-256 %s, а не %s). Ничего не изменено" ;;
    "building needs Node 20 or newer, with npm. %s")
      printf '%s' "для сборки нужен Node 20 или новее и npm. %s" ;;
    "building needs Node 20 or newer, and this is %s. %s")
      printf '%s' "для сборки нужен Node 20 или новее, а здесь %s. %s" ;;
    "A release needs no Node: name one with --from. Or get Node: Debian 13 has it (apt install nodejs npm); for
Debian 12, which has 18, take it from https://nodejs.org/en/download or https://deb.nodesource.com")
      printf '%s' "Релизу Node не нужен: укажите релиз ключом --from. Или поставьте Node: в Debian 13 он есть (apt install nodejs npm), а для
Debian 12, где он 18, возьмите его с https://nodejs.org/en/download или https://deb.nodesource.com" ;;
    "build the bot in %s as %s")
      printf '%s' "сборка бота в %s от пользователя %s" ;;
    "build the bot in %s")
      printf '%s' "сборка бота в %s" ;;
    "create the user %s")
      printf '%s' "создание пользователя %s" ;;
    "create %s")
      printf '%s' "создание %s" ;;
    "cannot read %s")
      printf '%s' "не удаётся прочитать %s" ;;
    "%s holds no token: one line such as 123456:ABC…, as @BotFather gives it. Nothing was changed")
      printf '%s' "в %s нет токена: это одна строка вида 123456:ABC… от @BotFather. Ничего не изменено" ;;
    "%s holds no token: one line without spaces, as in the bot's grpc.token. Nothing was changed")
      printf '%s' "в %s нет токена: это одна строка без пробелов, как в grpc.token бота. Ничего не изменено" ;;
    "%s already has a token: remove telegram.token or token_file from it, or change it there. Nothing was changed")
      printf '%s' "в %s записан свой токен: уберите оттуда telegram.token или token_file либо смените токен там. Ничего не изменено" ;;
    "%s holds no secret: one line with the password or key, and nothing else. Nothing was changed")
      printf '%s' "в %s нет пароля: это одна строка с паролем или ключом, и больше ничего. Ничего не изменено" ;;
    "look for programs that could download, and ask which one to use")
      printf '%s' "поиск программ, которые могут скачивать, и вопрос, какую из них выбрать" ;;
    "There is no aria2, qBittorrent, Transmission, MeTube or YTPTube on this machine, so the server downloads by itself. To name one elsewhere: %s")
      printf '%s' "На этой машине нет ни aria2, ни qBittorrent, ни Transmission, ни MeTube, ни YTPTube, поэтому сервер качает сам. Указать программу на другой: %s" ;;
    "  1  the server itself: files, and pages with yt-dlp")
      printf '%s' "  1  сам сервер: файлы, а со страниц — с помощью yt-dlp" ;;
    "  %s  %s at %s")
      printf '%s' "  %s  %s по адресу %s" ;;
    "Which one should download? [1]")
      printf '%s' "Кто будет скачивать? [1]" ;;
    "A number from 1 to %s, please.")
      printf '%s' "Нужно число от 1 до %s." ;;
    "The folder for its list (%s has its own for the files): [%s]")
      printf '%s' "Папка для его списка (файлы будут там, куда их кладёт %s): [%s]" ;;
    "The folder for the files: [%s]")
      printf '%s' "Папка для файлов: [%s]" ;;
    "Its user: [%s]")
      printf '%s' "Имя пользователя в ней: [%s]" ;;
    "Its user, or Enter if it needs none:")
      printf '%s' "Имя пользователя в ней (Enter — без имени):" ;;
    "The password or key of %s, which is not shown:")
      printf '%s' "Пароль или ключ от %s (при вводе не виден):" ;;
    "nobody has answered. Nothing was changed")
      printf '%s' "ответа нет. Ничего не изменено" ;;
    "write the secret of %s to %s")
      printf '%s' "запись пароля от %s в %s" ;;
    "would check that %s answers and accepts the secret")
      printf '%s' "предстоит проверка, отвечает ли %s и подходит ли пароль" ;;
    "the server cannot be started with these options, see above. Nothing was changed")
      printf '%s' "с такими ключами сервер не запустится, причина выше. Ничего не изменено" ;;
    "%s does not let the server in: name a file with the right secret with --backend-secret-file. Nothing was changed")
      printf '%s' "%s не впускает сервер: укажите файл с верным паролем ключом --backend-secret-file. Ничего не изменено" ;;
    "%s. It is asked again, as long as the service runs. %s")
      printf '%s' "%s. Пока служба работает, попытки повторяются. %s" ;;
    "%s holds no code: the one line that dwld-bot add-server has printed. Nothing was changed")
      printf '%s' "в %s нет кода: это одна строка, которую напечатал dwld-bot add-server. Ничего не изменено" ;;
    "write the code to %s")
      printf '%s' "запись кода в %s" ;;
    "remove %s, which was used")
      printf '%s' "удаление %s: код использован" ;;
    "write the token to %s")
      printf '%s' "запись токена в %s" ;;
    "replace the token in %s")
      printf '%s' "замена токена в %s" ;;
    "%s is yours, and its telegram.admins is not one line: add %s there. Nothing was changed")
      printf '%s' "%s вы писали сами, и telegram.admins там не в одну строку: добавьте туда %s. Ничего не изменено" ;;
    "make %s the admin in %s")
      printf '%s' "назначение %s администратором в %s" ;;
    "add the admin %s to %s")
      printf '%s' "добавление администратора %s в %s" ;;
    "write %s")
      printf '%s' "запись %s" ;;
    "ask for what %s needs")
      printf '%s' "вопросы, чтобы составить %s" ;;
    "take over the Go version's config and queue from %s")
      printf '%s' "перенос настроек и очереди версии на Go из %s" ;;
    "the Go version in %s cannot be taken over, see above. The service runs again as it did")
      printf '%s' "версию на Go из %s перенести не удалось, причина выше. Служба снова работает, как и прежде" ;;
    "the Go version in %s cannot be taken over, see above. The service is not started")
      printf '%s' "перенести версию на Go из %s не удалось, причина выше. Служба не запущена" ;;
    "Not only root can read the secret in %s: chmod 600 %s")
      printf '%s' "То, что лежит в %s, может прочитать не только root: chmod 600 %s" ;;
    "%s must not contain quotes, backslashes, percent or dollar signs")
      printf '%s' "%s: внутри не может быть кавычек, обратной черты, знаков процента и доллара" ;;
    "%s has options that install.sh did not write: change them with systemctl edit dwld-bot-downloader")
      printf '%s' "в %s не те ключи, что записал install.sh: меняйте их через sudo systemctl edit dwld-bot-downloader" ;;
    "change the options in %s")
      printf '%s' "замена ключей в %s" ;;
    "the user dwld-bot-downloader cannot write in %s. Let it, for example: chown dwld-bot-downloader %s")
      printf '%s' "пользователь dwld-bot-downloader не может писать в %s. Разрешите ему, например: chown dwld-bot-downloader %s" ;;
    "the user dwld-bot-downloader cannot get into %s, above the folder. Let it, for example: chmod o+x %s")
      printf '%s' "пользователь dwld-bot-downloader не может войти в %s, а папка лежит там. Разрешите ему, например: chmod o+x %s" ;;
    ", which needs the package libstdc++")
      printf '%s' ": ей нужен пакет libstdc++" ;;
    "the new binary does not run on this machine%s. Nothing was changed")
      printf '%s' "новая программа на этой машине не запускается%s. Ничего не изменено" ;;
    "%s is not dwld-bot. Nothing was changed")
      printf '%s' "%s — не dwld-bot. Ничего не изменено" ;;
    "this is dwld-bot %s and not %s. Nothing was changed")
      printf '%s' "это dwld-bot %s, а не %s. Ничего не изменено" ;;
    "(which does not run)")
      printf '%s' "(который не запускается)" ;;
    "The database is not backed up: dwld-bot %s cannot do it")
      printf '%s' "Копии базы не будет: dwld-bot %s этого не умеет" ;;
    "back up the database to %s")
      printf '%s' "копирование базы в %s" ;;
    "There is no database yet: continuing without a backup")
      printf '%s' "Базы ещё нет: обойдусь без копии" ;;
    "the database cannot be backed up. Nothing was changed: dwld-bot %s is as it was")
      printf '%s' "скопировать базу не удалось. Ничего не изменено: dwld-bot %s остался как был" ;;
    "check with dwld-bot %s")
      printf '%s' "проверка новой версией, dwld-bot %s" ;;
    "dwld-bot %s finds something wrong as well: continuing")
      printf '%s' "dwld-bot %s находит то же самое: продолжаю" ;;
    "dwld-bot %s finds something wrong, see above (--skip-check continues anyway). Nothing was changed: dwld-bot %s is as it was")
      printf '%s' "dwld-bot %s нашёл ошибки, они выше (--skip-check — всё равно продолжить). Ничего не изменено: dwld-bot %s остался как был" ;;
    "The last run of install.sh was interrupted: continuing")
      printf '%s' "Прошлый запуск install.sh прервался: продолжаю" ;;
    "would back up the database, and check with the new version")
      printf '%s' "предстоит копирование базы и проверка новой версией" ;;
    "would keep %s as %s.prev")
      printf '%s' "%s останется как %s.prev" ;;
    "would install %s")
      printf '%s' "предстоит установка %s" ;;
    "install %s: dwld-bot %s")
      printf '%s' "установка %s: dwld-bot %s" ;;
    "there is no %s.service beside the binary nor beside install.sh")
      printf '%s' "нет %s.service ни рядом с программой, ни рядом с install.sh" ;;
    "replace %s, keeping the old one as %s.prev")
      printf '%s' "замена %s, прежний останется как %s.prev" ;;
    "run systemctl %s")
      printf '%s' "запуск systemctl %s" ;;
    "%s does not run, and is not started. To start it: %s")
      printf '%s' "%s не работает, и я его не запускаю. Запустить: %s" ;;
    "There is no config yet. Run this again on a terminal or with --token-file FILE --admin ID; or write %s
and then: sudo systemctl enable --now dwld-bot")
      printf '%s' "Настроек ещё нет. Запустите это снова в терминале или с --token-file FILE --admin ID либо напишите %s,
а затем: sudo systemctl enable --now dwld-bot" ;;
    "%s does not become ready. What it says: %s")
      printf '%s' "%s не заработал. Что он говорит: %s" ;;
    "What it said: %s")
      printf '%s' "Что он сказал: %s" ;;
    "with the new unit")
      printf '%s' "с новым файлом службы" ;;
    "with the old unit")
      printf '%s' "с прежним файлом службы" ;;
    "dwld-bot %s does not become ready: going back")
      printf '%s' "dwld-bot %s не заработал: возвращаю прежний" ;;
    "dwld-bot %s runs again. %s")
      printf '%s' "dwld-bot %s снова работает. %s" ;;
    "and what was there before does not become ready either. %s")
      printf '%s' "и то, что было прежде, тоже не заработало. %s" ;;
    "and dwld-bot %s does not become ready either, not even with the database as it was before. %s")
      printf '%s' "и dwld-bot %s тоже не заработал, даже с прежней базой. %s" ;;
    "dwld-bot %s runs again, with the database as it was before; the other one is %s.failed-upgrade. %s")
      printf '%s' "dwld-bot %s снова работает, с прежней базой; новая лежит в %s.failed-upgrade. %s" ;;
    "  bot      @%s, https://t.me/%s")
      printf '%s' "  бот        @%s, https://t.me/%s" ;;
    "  state    %s")
      printf '%s' "  состояние  %s" ;;
    "  servers  register at %s")
      printf '%s' "  серверы    регистрируются на %s" ;;
    "  config   %s")
      printf '%s' "  настройки  %s" ;;
    "  program  %s")
      printf '%s' "  программа  %s" ;;
    "  list     %s")
      printf '%s' "  список     %s" ;;
    "  files    %s")
      printf '%s' "  файлы      %s" ;;
    "  log      sudo journalctl -u %s -f")
      printf '%s' "  журнал     sudo journalctl -u %s -f" ;;
    "  removal  %s")
      printf '%s' "  удаление   %s" ;;
    "  next     %s")
      printf '%s' "  дальше     %s" ;;
    "  then     %s")
      printf '%s' "  затем      %s" ;;
    "yt-dlp is not installed, so only direct links to files are fetched, not pages such as YouTube's. To get it:
  sudo apt install ffmpeg pipx
  sudo PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install 'yt-dlp[default,deno]'
(YouTube wants deno. apt install yt-dlp works too, but has none, and sites change: that of Debian 12 is years old.) Then:
  sudo systemctl restart dwld-bot-downloader")
      printf '%s' "yt-dlp здесь нет, поэтому скачиваются только прямые ссылки на файлы, а страницы, например YouTube, — нет. Поставить его:
  sudo apt install ffmpeg pipx
  sudo PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install 'yt-dlp[default,deno]'
(Для YouTube нужен deno. Можно и apt install yt-dlp, но deno с ним не придёт, сайты меняются, а в Debian 12 он старый.) После этого:
  sudo systemctl restart dwld-bot-downloader" ;;
    "kept: %s, which %s runs")
      printf '%s' "остаётся %s: этой программой пользуется %s" ;;
    "kept: %s and %s")
      printf '%s' "остаются %s и %s" ;;
    "kept: %s")
      printf '%s' "остаётся %s" ;;
    "remove everything in %s except what the server needs")
      printf '%s' "удаление всего из %s, кроме того, что нужно серверу" ;;
    "remove %s and all that is in it")
      printf '%s' "удаление %s вместе с содержимым" ;;
    "remove what was downloaded into %s")
      printf '%s' "удаление скачанного в %s" ;;
    "remove the user %s")
      printf '%s' "удаление пользователя %s" ;;
    "remove %s")
      printf '%s' "удаление %s" ;;
    "%s needs a value")
      printf '%s' "для %s нужно значение" ;;
    "%s. Try sh install.sh --help")
      printf '%s' "%s. Подсказка: sh install.sh --help" ;;
    "--dir, --name, --join, --roots, --bot, --listen, --backend and --with-files need --downloader")
      printf '%s' "--dir, --name, --join, --roots, --bot, --listen, --backend и --with-files бывают только с --downloader" ;;
    "%s needs --backend")
      printf '%s' "%s бывает только с --backend" ;;
    "aria2 knows no users, only a secret: leave out --backend-user")
      printf '%s' "у aria2 есть только пароль, а пользователей нет: уберите --backend-user" ;;
    "--admin and --import are for the bot, not for --downloader")
      printf '%s' "--admin и --import — для бота, а не для --downloader" ;;
    "--import takes token and admins from the Go version's config: leave out --token-file and --admin")
      printf '%s' "--import берёт токен и администраторов из настроек версии на Go: уберите --token-file и --admin" ;;
    "--token-file, --admin, --import, --join and --backend need the service, and no removal")
      printf '%s' "--token-file, --admin, --import, --join и --backend бывают только при установке службы" ;;
    "--join needs the code exactly as dwld-bot add-server printed it")
      printf '%s' "для --join нужен код в том виде, в каком его напечатал dwld-bot add-server" ;;
    "--join and --join-file exclude each other: use one")
      printf '%s' "--join и --join-file — это два кода: укажите один" ;;
    "only one thing can be read from standard input")
      printf '%s' "со стандартного ввода можно прочитать только что-то одно" ;;
    "--with-files needs --purge")
      printf '%s' "--with-files бывает только с --purge" ;;
    "--dir must not contain colons, quotes, backslashes, percent or dollar signs")
      printf '%s' "--dir: внутри не может быть двоеточий, кавычек, обратной черты, знаков процента и доллара" ;;
    "--dir needs the absolute path of a folder")
      printf '%s' "для --dir нужен полный путь к папке" ;;
    "unknown option %s")
      printf '%s' "неизвестный ключ %s" ;;
    "--admin needs a number: the bot tells strangers theirs")
      printf '%s' "для --admin нужно число: незнакомым бот отвечает их id" ;;
    "--prefix needs an absolute path")
      printf '%s' "для --prefix нужен полный путь" ;;
    "--prefix may contain only letters, digits and /._+@-")
      printf '%s' "--prefix: допустимы только латинские буквы, цифры и /._+@-" ;;
    "this needs root: sudo sh install.sh, or su -c 'sh install.sh'")
      printf '%s' "нужны права root: sudo sh install.sh или su -c 'sh install.sh'" ;;
    "another install.sh is running here: wait until it has finished. Nothing was changed")
      printf '%s' "здесь уже работает другой install.sh: дождитесь, пока он закончит. Ничего не изменено" ;;
    "Nothing to change: dwld-bot %s is installed")
      printf '%s' "Менять нечего: установлен dwld-bot %s" ;;
    *) printf '%s' "$1" ;;
  esac
}

# t SENTENCE WORDS…: the sentence in the language of the locale, with the words in the places of %s.
t() {
  format=$1
  shift
  if [ "$lang" = ru ]; then format=$(russian "$format"); fi
  # shellcheck disable=SC2059 # sentences of our own
  case "$*" in *://*@*) printf -- "$format\n" "$@" | without_passwords ;; *) printf -- "$format\n" "$@" ;; esac
}

# Addresses without who calls there. What is not escaped in a password may be any character, so all up to the last @ goes.
without_passwords() { sed 's|://.*@|://|'; }

# say SENTENCE WORDS…
say() { t "$@"; }
warn() { t "$@" >&2; }
die() {
  warn "install.sh: %s" "$(t "$@")"
  exit 1
}

# change WORDS COMMAND…: does it and says so; with --dry-run only says so. The words are in the language of the locale.
change() {
  words=$1 changed=yes
  shift
  if [ "$dry_run" = yes ]; then
    say "would %s" "$words"
  else
    say "%s" "$words"
    "$@"
  fi
}

is_root() { [ "$(id -u)" -eq 0 ]; }
# Below DESTDIR nothing belongs to the bot's user, who may not even exist here.
owned_by() { [ -n "$root" ] || chown "$1" "$2"; }
# has_command BINARY COMMAND: the one that is installed and the new one are each asked once.
has_command() {
  case $1 in "$bin") help=$work/help ;; *) help=$work/help.new ;; esac
  if [ ! -e "$help" ]; then "$1" --help >"$help" 2>/dev/null || :; fi
  grep -q "^ *$2 " "$help"
}
version_of() { "$1" --version | sed -n '1s/^dwld-bot //p'; }
sum_of() { sha256sum <"$1" | cut -d ' ' -f 1; }
# among WORD LIST
among() { case " $2 " in *" $1 "*) ;; *) return 1 ;; esac; }
unit_of() { printf '%s\n' "$root/etc/systemd/system/$1.service"; }
same_file() { [ -f "$1" ] && [ -f "$2" ] && cmp -s "$1" "$2"; }

# ── what this machine is ──

target() {
  [ "$(uname -s)" = Linux ] || die "dwld-bot runs on Linux; this is %s" "$(uname -s)"
  case $(uname -m) in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die "there is no build for %s, only for x86_64 and aarch64" "$(uname -m)" ;;
  esac
  # Debian may have musl's loader too (its package musl), and Alpine that of glibc (gcompat). What runs the system's own shell counts.
  libc=
  if tr '\0' '\n' </bin/sh 2>/dev/null | grep -q '^/lib/ld-musl-'; then libc=-musl; fi
  # Bun finds out at run time whether there is AVX2, but without SSE4.2 it dies of "Illegal instruction".
  # Without /proc, as in a chroot, nothing tells.
  cpuinfo=${CPUINFO:-/proc/cpuinfo}
  if [ $arch = x64 ] && grep -qs '^flags' "$cpuinfo" && ! grep -qw sse4_2 "$cpuinfo"; then
    die "this processor has no SSE4.2 (Intel since 2008, AMD since 2011), which the bot needs"
  fi
  printf '%s\n' "linux-$arch$libc"
}

need_systemd() {
  [ -n "$systemctl" ] || return 0
  if ! command -v "$systemctl" >/dev/null || { [ -z "$root" ] && [ ! -d /run/systemd/system ]; }; then
    refuse_without_systemd "systemd does not run here"
  fi
  systemd=$("$systemctl" --version | sed -n '1s/^systemd \([0-9][0-9]*\).*/\1/p')
  [ "${systemd:-0}" -ge 247 ] || refuse_without_systemd "systemd is %s here, and the service needs 247" "${systemd:-unknown}"
}

refuse_without_systemd() {
  warn "%s. Nothing was changed. To run the bot without it:
  1. sh install.sh --no-service       installs %s/bin/dwld-bot and nothing else
  2. dwld-bot init                    writes a config, in a folder of its own and as an ordinary user
  3. dwld-bot run --config FILE       under whatever starts programs here; it ends with 0 on SIGTERM, and is
                                      to be started again after any other code than 78 (wrong config or token)" "install.sh: $(t "$@")" "$prefix"
  exit 1
}

# ── what to install: leaves it in $fresh, and the units in the folder $fresh_units ──

obtain() {
  case $from in
    *://*/OWNER/*) die "%s: replace OWNER with the owner of the repository that this script is from" "$from" ;;
    http://127.0.0.1[:/]* | http://localhost[:/]* | https://*) obtain_release fetch "$from" ;;
    http://*) die "%s: only https is accepted, so that nobody can replace the file on the way" "$from" ;;
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

# A connection on which nothing comes any more would hold it up for ever, or by wget for hours.
fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL --proto-redir =https --retry 3 --connect-timeout 30 --speed-limit 1 --speed-time 60 -o "$2" "$1" 2>"$work/answers" || refuse_download "$1"
  elif command -v wget >/dev/null; then
    wget -S -T 60 -t 3 -O "$2" "$1" 2>"$work/answers" || refuse_download "$1"
    # Its --https-only is for something else; what has come that way is not used.
    if grep -qi '^[[:space:]]*location:[[:space:]]*http:' "$work/answers"; then
      die "%s: only https is accepted, so that nobody can replace the file on the way" "$1"
    fi
  else
    die "downloading needs curl or wget"
  fi
}

# With what curl or wget says itself, which is all but the headers.
refuse_download() {
  sed '/^  /d' "$work/answers" | without_passwords >&2
  die "cannot download %s" "$1"
}

copy() {
  [ -f "$1" ] || die "there is no %s" "$1"
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
    say "take %s from %s" "$name" "$folder"
    fresh=$work/$name
    "$1" "$folder/$name" "$fresh"
    verify "$fresh" "$name" "$work/SHA256SUMS"
  fi
  for one in $services; do
    "$1" "$folder/$one.service" "$work/$one.service"
    verify "$work/$one.service" "$one.service" "$work/SHA256SUMS"
  done
  if [ -z "$services" ]; then return 0; fi
  # Older releases have no sum of them.
  for file in install.sh config.example.yaml; do
    if [ -n "$(released_sum "$file" "$work/SHA256SUMS")" ]; then
      "$1" "$folder/$file" "$work/$file"
      verify "$work/$file" "$file" "$work/SHA256SUMS"
    fi
  done
}

obtain_file() {
  [ -z "$version" ] || die "--version needs a folder of releases, and %s is a file" "$1"
  fresh=$work/$(basename "$1")
  copy "$1" "$fresh"
  beside=$(dirname "$1")
  if [ -f "$beside/SHA256SUMS" ]; then
    verify "$fresh" "$(basename "$1")" "$beside/SHA256SUMS"
  else
    warn "%s is taken as it is: there is no SHA256SUMS beside it" "$1"
  fi
  for folder in "$(dirname "$0")" "$beside"; do
    if [ -f "$folder/$asked.service" ]; then fresh_units=$folder; fi
  done
  fresh_extras=$(dirname "$0")
}

# released_sum NAME SUMS
released_sum() { awk -v name="$1" '$2 == name || $2 == "*" name { print $1; exit }' "$2"; }

# verify FILE NAME SUMS
verify() {
  wanted=$(released_sum "$2" "$3")
  [ -n "$wanted" ] || die "SHA256SUMS does not name %s. Nothing was changed" "$2"
  found=$(sum_of "$1")
  [ "$wanted" = "$found" ] || die "%s is not what was released (SHA-256 %s, not %s). Nothing was changed" "$2" "$found" "$wanted"
}

# Before npm fails in its own words.
need_node() {
  how=$(t "A release needs no Node: name one with --from. Or get Node: Debian 13 has it (apt install nodejs npm); for
Debian 12, which has 18, take it from https://nodejs.org/en/download or https://deb.nodesource.com")
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then die "building needs Node 20 or newer, with npm. %s" "$how"; fi
  found=$(node --version)
  major=${found#v}
  [ "${major%%.*}" -ge 20 ] 2>/dev/null || die "building needs Node 20 or newer, and this is %s. %s" "$found" "$how"
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
  need_node
  fresh_units=$1
  fresh_extras=$1
  if is_root && [ "$owner" != root ]; then
    change "$(t "build the bot in %s as %s" "$1" "$owner")" build_in "$1" runuser -u "$owner" --
  else
    change "$(t "build the bot in %s" "$1")" build_in "$1"
  fi
  if [ "$dry_run" = no ]; then copy "$1/dist/dwld-bot" "$work/dwld-bot"; fi
  fresh=$work/dwld-bot
}

# ── user, folders, config ──

# create_user NAME HOME
create_user() {
  if [ -n "$root" ] || id -u "$1" >/dev/null 2>&1; then return 0; fi
  change "$(t "create the user %s" "$1")" useradd --system --user-group --home-dir "$2" --no-create-home \
    --shell /usr/sbin/nologin "$1"
}

# make_folder FOLDER MODE OWNER: is there only with both.
make_folder() {
  mkdir -p "$1.new"
  chmod "$2" "$1.new"
  owned_by "$3" "$1.new"
  mv "$1.new" "$1"
}

create_folders() {
  if [ ! -d "$etc" ]; then
    change "$(t "create %s" "$etc")" make_folder "$etc" 0750 root:dwld-bot
  elif [ "$dry_run" = no ] && [ ! -e "$etc/config.yaml" ]; then
    # The server was here first.
    chmod 0750 "$etc"
    owned_by root:dwld-bot "$etc"
  fi
  if [ ! -d "$state" ]; then change "$(t "create %s" "$state")" make_folder "$state" 0700 dwld-bot:dwld-bot; fi
}

# read_line FILE NAME FORM: takes the one line of a file, wherever it comes from, to $work/NAME. Fails for one of another form.
read_line() {
  if [ "$1" != - ] && [ ! -r "$1" ]; then die "cannot read %s" "$1"; fi
  if [ "$1" = - ]; then cat; else cat "$1"; fi |
    (umask 077 && awk '{ gsub(/^[ \t\r]+|[ \t\r]+$/, "") } $0 != "" { print }' >"$work/$2")
  # What stands there is never an argument of a program, which everybody could see.
  [ "$(wc -l <"$work/$2")" -eq 1 ] && LC_ALL=C grep -Eqx "$3" "$work/$2"
}

# Reads the secret of the program that downloads, before anything is changed; leaves it in $work/backend-secret.
read_secret() {
  if [ -z "$secret_file" ]; then return 0; fi
  read_line "$secret_file" backend-secret '.*' ||
    die "%s holds no secret: one line with the password or key, and nothing else. Nothing was changed" "$secret_file"
}

# Reads the code that is given, before anything is changed; leaves it in $work/join-code.
read_code() {
  if [ -n "$join" ]; then (umask 077 && printf '%s\n' "$join" >"$work/join-code"); fi
  if [ -n "$join_file" ]; then
    read_line "$join_file" join-code '[!-~]+' ||
      die "%s holds no code: the one line that dwld-bot add-server has printed. Nothing was changed" "$join_file"
  fi
}

# Reads the token that is given, before anything is changed; leaves it in $work/token.
read_token() {
  if [ -z "$token_file" ]; then return 0; fi
  if [ "$asked" = dwld-bot ]; then form='[0-9]+:[A-Za-z0-9_-]+'; else form='[!-~]+'; fi
  if ! read_line "$token_file" token "$form"; then
    if [ "$asked" = dwld-bot ]; then
      die "%s holds no token: one line such as 123456:ABC…, as @BotFather gives it. Nothing was changed" "$token_file"
    fi
    die "%s holds no token: one line without spaces, as in the bot's grpc.token. Nothing was changed" "$token_file"
  fi
  # The config's own comes first, and the file would change nothing.
  if [ "$asked" = dwld-bot ] && config_has_token; then
    die "%s already has a token: remove telegram.token or token_file from it, or change it there. Nothing was changed" "$etc/config.yaml"
  fi
}

config_has_token() {
  [ -e "$etc/config.yaml" ] && awk '
    /^[^ #]/ { telegram = /^telegram:/ }
    telegram && /^[^#]*(^| |[{,])token(_file)?:/ { found = 1 }
    END { exit !found }' "$etc/config.yaml"
}

# keep_line NAME FILE: puts $work/NAME into a file that nobody else can read.
keep_line() {
  begin
  (umask 077 && cat "$work/$1" >"$2.new" && mv -f "$2.new" "$2")
}

write_token() { keep_line token "$1"; }

# create_token FILE: the one that is given takes the place of another.
create_token() {
  if [ -z "$token_file" ]; then return 0; fi
  if [ ! -e "$1" ]; then
    change "$(t "write the token to %s" "$1")" write_token "$1"
  elif [ "$(cat "$1")" != "$(cat "$work/token")" ]; then
    change "$(t "replace the token in %s" "$1")" write_token "$1"
  else
    return 0
  fi
  # Whoever is handed it by systemd has the old one.
  if [ "$asked" = dwld-bot ]; then renewed=dwld-bot; else renewed=$services; fi
}

write_config() {
  note='# All keys and their defaults: config.example.yaml'
  if [ -z "$admin" ]; then note="$note. The first admin comes by the code that dwld-bot pair shows."; fi
  begin
  (umask 027 && printf '%s\ntelegram:\n  admins: [%s]\n' "$note" "$admin" >"$etc/config.yaml.new")
  owned_by root:dwld-bot "$etc/config.yaml.new"
  mv -f "$etc/config.yaml.new" "$etc/config.yaml"
}

# Whether nobody has written into the config since write_config did; one that says nothing is nobody's.
is_own_config() {
  case $(grep -Ev '^#|^$' "$etc/config.yaml" | sed 's/\[-\{0,1\}[0-9]*\]/[ID]/') in
    '' | "telegram:
  admins: [ID]") ;;
    *) return 1 ;;
  esac
}

admins_of_config() { sed 's/^#.*//; s/[[:space:]]#.*//' "$etc/config.yaml" | grep -o 'admins:[[:space:]]*\[[^]]*\]'; }

# Says before anything is changed what of the admin that is given cannot be done.
check_admin() {
  if [ -z "$admin" ] || [ ! -e "$etc/config.yaml" ] || is_own_config; then return 0; fi
  [ "$(admins_of_config | wc -l)" -eq 1 ] ||
    die "%s is yours, and its telegram.admins is not one line: add %s there. Nothing was changed" "$etc/config.yaml" "$admin"
}

# The admin that is given is one more.
add_admin() {
  if admins_of_config | grep -Eq "[^0-9-]$admin([^0-9]|$)"; then return 0; fi
  if is_own_config && ! admins_of_config | grep -q '[0-9]'; then
    change "$(t "make %s the admin in %s" "$admin" "$etc/config.yaml")" write_config
  else
    change "$(t "add the admin %s to %s" "$admin" "$etc/config.yaml")" insert_admin
  fi
  renewed=dwld-bot
}

insert_admin() {
  begin
  cp -p "$etc/config.yaml" "$etc/config.yaml.prev"
  cp -p "$etc/config.yaml" "$etc/config.yaml.new"
  sed "s/^\(\([^#]*[^#[:alnum:]_]\)\{0,1\}admins:[[:space:]]*\[\)\([^]]*\)\]/\1\3, $admin]/; s/\(admins:[[:space:]]*\[\)[[:space:]]*, /\1/; s/,[[:space:]]*, $admin\]/, $admin]/" \
    "$etc/config.yaml.prev" >"$etc/config.yaml.new"
  mv -f "$etc/config.yaml.new" "$etc/config.yaml"
}

# What others write is root's alone, or everybody's.
share_config() {
  chmod 0640 "$etc/config.yaml"
  owned_by root:dwld-bot "$etc/config.yaml"
}

ask_for_config() {
  begin
  "$bin" init --output "$etc/config.yaml" --token-file "$etc/telegram-token" </dev/tty
  share_config
}

# What is there is not touched, but for what is given.
create_config() {
  create_token "$etc/telegram-token"
  if [ -n "$import" ]; then
    import_go_version
  elif [ -e "$etc/config.yaml" ]; then
    if [ -n "$admin" ]; then add_admin; elif lacks_admin; then pairing=yes; fi
  elif [ -n "$admin" ]; then
    change "$(t "write %s" "$etc/config.yaml")" write_config
    configured=yes
  elif somebody_is_there && can_ask; then
    change "$(t "ask for what %s needs" "$etc/config.yaml")" ask_for_config
    configured=yes
  elif [ -n "$token_file" ] && { [ "$dry_run" = yes ] || has_command "$bin" pair; }; then
    change "$(t "write %s" "$etc/config.yaml")" write_config
    configured=yes pairing=yes
  fi
  if [ -n "$pairing" ]; then change "$(t "make a code for the first admin")" begin_pairing; fi
}

# Whether the bot that does not run cannot, because there is nobody who could let anybody in: the code that was to be shown never was,
# or its hour is over.
lacks_admin() {
  if ! is_own_config || admins_of_config | grep -q '[0-9]' || ! [ -s "$etc/telegram-token" ]; then return 1; fi
  case $(state_of dwld-bot) in
    '') return 1 ;;
    failed | activating) ;;
    *) [ -n "$is_cut_short$renewed" ] || return 1 ;;
  esac
  if [ "$dry_run" = yes ]; then return 0; fi
  if ! has_command "$bin" pair || ! has_command "$bin" check; then return 1; fi
  look_at_bot
  [ "$(finding level access)" != ok ]
}

somebody_is_there() { [ -t 1 ] && (: </dev/tty) 2>/dev/null; }

# The one that would be asked is not here yet when nothing is to be changed.
can_ask() { [ "$dry_run" = yes ] || { [ -x "$bin" ] && has_command "$bin" init; }; }

# The bot must not run meanwhile.
import_go_version() {
  if [ ! -e "$etc/config.yaml" ]; then configured=yes; fi
  if [ "$dry_run" = no ]; then begin; fi
  if [ "$(state_of dwld-bot)" = active ]; then
    was_active=yes
    ctl stop dwld-bot
  fi
  renewed=dwld-bot
  change "$(t "take over the Go version's config and queue from %s" "$import")" run_import
}

# What ran goes on as it was.
refuse_import() {
  if [ -n "$was_active" ]; then
    ctl start dwld-bot || die_of dwld-bot
    finish
    die "the Go version in %s cannot be taken over, see above. The service runs again as it did" "$import"
  fi
  finish
  die "the Go version in %s cannot be taken over, see above. The service is not started" "$import"
}

run_import() {
  # Root itself reads: the other version's files may be closed to everybody else.
  env DWLD_BOT_CONFIG= CREDENTIALS_DIRECTORY="$etc" STATE_DIRECTORY="$state" \
    "$bin" import --from "$import" --config "$etc/config.yaml" || refuse_import
  share_config
}

# Before the start: a bot without an admin starts only while somebody may become one. What it says is shown at the end.
begin_pairing() {
  as_service "$bin" pair --config "$etc/config.yaml" >"$work/pairing" || rm -f "$work/pairing"
}

warn_of_open_files() {
  for file in "$etc"/*-token "$etc/backend-secret"; do
    if [ -n "$(find "$file" -perm /077 2>/dev/null)" ]; then
      warn "Not only root can read the secret in %s: chmod 600 %s" "$file" "$file"
    fi
  done
}

# ── the folder and the options of the server that downloads ──

# add_option FLAG VALUE: to those that its unit starts it with; each stands in quotes there (systemd.syntax(7)).
add_option() {
  if is_unfit "$2"; then usage_error "%s must not contain quotes, backslashes, percent or dollar signs" "$1"; fi
  options="$options $1 \"$2\""
}

is_unfit() { case $1 in *[[:cntrl:]\"\'\`\\%\$]*) ;; *) return 1 ;; esac; }

# value_of FLAG OPTIONS: empty where they do not name it.
value_of() { printf '%s\n' "$2" | sed -nE "s/^.* $1 (\"([^\"]*)\"|([^\" ]+)).*$/\2\3/p"; }
# without FLAG OPTIONS
without() { printf '%s\n' "$2" | sed -E "s/ $1 (\"[^\"]*\"|[^\" ]+)//g"; }

has_code() { [ -e "$work/join-code" ]; }
has_secret() { [ -e "$work/backend-secret" ]; }

# The code is root's until the service has used it, as it has when it is ready; whoever is handed another one has to be started anew.
create_code() {
  if has_code && ! same_file "$work/join-code" "$etc/join-code"; then
    create_etc
    change "$(t "write the code to %s" "$etc/join-code")" keep_line join-code "$etc/join-code"
  fi
  if has_code || [ -e "$etc/join-code" ]; then renewed="$renewed dwld-bot-downloader"; fi
}

remove_used_code() {
  if [ "$start" = no ] || [ -z "$systemctl" ] || { ! has_code && [ ! -e "$etc/join-code" ]; }; then return 0; fi
  if [ "$dry_run" = yes ] || [ "$(state_of dwld-bot-downloader)" = active ]; then
    change "$(t "remove %s, which was used" "$etc/join-code")" rm -f "$etc/join-code"
  fi
}

# A secret is one program's, and nobody shows it to another.
create_secret() {
  if has_secret; then
    if same_file "$work/backend-secret" "$etc/backend-secret"; then return 0; fi
    create_etc
    change "$(t "write the secret of %s to %s" "$(name_of "$program")" "$etc/backend-secret")" \
      keep_line backend-secret "$etc/backend-secret"
  elif [ -n "$is_another" ] && [ -e "$etc/backend-secret" ]; then
    change "$(t "remove %s" "$etc/backend-secret")" rm -f "$etc/backend-secret"
  else
    return 0
  fi
  renewed="$renewed dwld-bot-downloader"
}

# The options that stand in its drop-in, but for the folder.
options_of_drop_in() { sed -n "s/^Environment='OPTIONS=--dir \"[^\"]*\"\(.*\)'$/\1/p" "$drop_in" 2>/dev/null || :; }

# Works out what the unit is to be started with: $all, and the drop-in in $work/drop-in. What an operator has added stays; what is given
# takes the place of what was chosen before. Leaves the program that is to download in $program, and in $is_another that it was not before.
plan_drop_in() {
  kept=$(options_of_drop_in) is_another=''
  before=$(value_of --backend "$kept")
  if [ -n "$backend" ] && [ "$backend" != "${before:-auto}" ]; then
    is_another=yes
    for flag in --backend --backend-url --backend-user --backend-dir --backend-option; do kept=$(without $flag "$kept"); done
  fi
  given=$options
  # A code brings the name and the bot's address along.
  if has_code; then given="$given --name \" --bot \""; fi
  if [ -n "$given$chosen_dir$is_another" ] || has_secret; then
    # One that stood there could be read by everybody.
    kept=$(without --join "$kept")
    for flag in --name --roots --bot --listen --backend --backend-url --backend-user --backend-dir --backend-option; do
      case $given in *" $flag \""*) kept=$(without $flag "$kept") ;; esac
    done
    change_drop_in
  elif [ -e "$drop_in" ]; then
    cp "$drop_in" "$work/drop-in"
  fi
  all=$kept$options
  program=$(value_of --backend "$all")
  if [ -z "$program" ]; then
    case $all in *" --backend-"*) usage_error "%s needs --backend" "--backend-…" ;; esac
    if has_secret; then usage_error "%s needs --backend" "--backend-secret-file"; fi
  fi
  if [ "$program" = aria2 ] && [ -n "$(value_of --backend-user "$options")" ]; then
    usage_error "aria2 knows no users, only a secret: leave out --backend-user"
  fi
  if [ ! -e "$drop_in" ]; then
    printf '[Unit]\nRequiresMountsFor="%s"\n\n[Service]\nBindPaths="%s"\nEnvironment='\''OPTIONS=--dir "%s"%s'\''\n' \
      "$dir" "$dir" "$dir" "$all" >"$work/drop-in"
  fi
}

change_drop_in() {
  if [ ! -e "$drop_in" ]; then return 0; fi
  [ "$(grep -c "^Environment='OPTIONS=--dir \"" "$drop_in")" -eq 1 ] ||
    die "%s has options that install.sh did not write: change them with systemctl edit dwld-bot-downloader" "$drop_in"
  # Of an operator, who has named another file than the unit does.
  stale=$is_another
  if has_secret; then stale=yes; fi
  awk -v before="$(folder_of_drop_in)" -v after="$dir" -v options="OPTIONS=--dir \"$dir\"$kept$options" -v stale="$stale" '
    $0 == "RequiresMountsFor=\"" before "\"" { $0 = "RequiresMountsFor=\"" after "\"" }
    $0 == "BindPaths=\"" before "\"" { $0 = "BindPaths=\"" after "\"" }
    /^Environment=.OPTIONS=/ { $0 = "Environment=" quote options quote }
    stale != "" && /^LoadCredential=backend-secret:/ { next }
    { print }' quote="'" "$drop_in" >"$work/drop-in"
}

write_drop_in() {
  begin
  mkdir -p "$(dirname "$drop_in")"
  cp "$work/drop-in" "$drop_in.new"
  mv -f "$drop_in.new" "$drop_in"
}

create_drop_in() {
  if [ ! -e "$drop_in" ]; then
    first="$first dwld-bot-downloader"
    change "$(t "write %s" "$drop_in")" write_drop_in
  elif ! same_file "$work/drop-in" "$drop_in"; then
    change "$(t "change the options in %s" "$drop_in")" write_drop_in
    new_drop_in=yes
    renewed="$renewed dwld-bot-downloader"
  fi
}

# Where the files go, as the drop-in has it.
folder_of_drop_in() { sed -n 's/^BindPaths="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$drop_in" | head -n 1; }

# A folder that is there already may be somebody's: nothing about it is changed.
create_downloads() {
  if [ -e "$drop_in" ] && [ "$dir" = "$(folder_of_drop_in)" ]; then return 0; fi
  if [ "$dry_run" = no ]; then closed=$(closed_above "$dir"); else closed=''; fi
  if [ -n "$closed" ]; then
    die "the user dwld-bot-downloader cannot get into %s, above the folder. Let it, for example: chmod o+x %s" "$closed" "$closed"
  fi
  if [ ! -d "$root$dir" ]; then
    # Files are for others too, a list is not.
    if [ "$dir" = "$own_dir" ]; then mode=0700; else mode=0755; fi
    change "$(t "create %s" "$root$dir")" make_folder "$root$dir" "$mode" dwld-bot-downloader:dwld-bot-downloader
  elif [ "$dry_run" = no ] && ! (cd "$root$dir" && as dwld-bot-downloader test -w . -a -x .); then
    die "the user dwld-bot-downloader cannot write in %s. Let it, for example: chown dwld-bot-downloader %s" "$dir" "$dir"
  fi
}

# closed_above FOLDER: the first one on the way there that the server's user cannot get into. Of a home its service sees nothing but
# the folder itself.
closed_above() {
  case $1 in / | /home/* | /root/* | /run/user/*) return 0 ;; esac
  above=$(dirname "$1")
  closed=$(closed_above "$above")
  if [ -z "$closed" ] && [ -d "$root$above" ] && ! as dwld-bot-downloader test -x "$root$above"; then closed=$above; fi
  printf '%s\n' "$closed"
}

create_etc() {
  if [ ! -d "$etc" ] && [ -z "$has_etc" ]; then change "$(t "create %s" "$etc")" make_folder "$etc" 0755 root:root; fi
  has_etc=yes
}

prepare_downloader() {
  create_user dwld-bot-downloader "$cache"
  create_downloads
  if [ -n "$token_file" ]; then
    create_etc
    create_token "$etc/grpc-token"
  fi
  create_secret
  create_code
}

# ── the program that downloads for the server ──

# As people call it.
name_of() {
  case $1 in
    qbittorrent) echo qBittorrent ;;
    transmission) echo Transmission ;;
    metube) echo MeTube ;;
    ytptube) echo YTPTube ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# Leaves in $ready the binary that is to be installed, where it can be run.
ready_binary() {
  if same_file "$fresh" "$bin"; then
    ready=$bin
  else
    if [ -z "$staged" ]; then stage; fi
    ready=$staged
  fi
}

# finding KEY AREA: of what the new version's check has found.
finding() {
  awk -v area="\"$2\"," -v key="\"$1\":" '
    $1 == "\"area\":" { is_here = $2 == area }
    is_here && $1 == key { sub(/^[^:]*: "/, ""); sub(/",?$/, ""); gsub(/\\"/, "\""); print; exit }' "$work/findings"
}

# Has the new version look, with what its unit will hand over.
look_at_program() {
  credentials=$work/credentials
  rm -rf "$credentials"
  (umask 077 && mkdir "$credentials")
  for name in backend-secret join-code; do
    if [ -e "$work/$name" ]; then cp "$work/$name" "$credentials/"; fi
  done
  if ! has_secret && [ -z "$is_another" ] && [ -e "$etc/backend-secret" ]; then cp "$etc/backend-secret" "$credentials/"; fi
  if [ -n "$token_file" ]; then
    cp "$work/token" "$credentials/grpc-token"
  elif [ -e "$etc/grpc-token" ]; then
    cp "$etc/grpc-token" "$credentials/"
  fi
  # It takes quotes apart as systemd does, and nothing else.
  printf '%s\n' "$all" |
    xargs env -u BUN_OPTIONS -u BUN_BE_BUN -u DEBUG -u DWLD_BOT_BACKEND_SECRET CREDENTIALS_DIRECTORY="$credentials" \
      timeout 60 "$ready" downloader --check --json --dir "$dir" >"$work/findings" 2>"$work/why" 9<&- || :
}

# ask QUESTION: leaves in $answer the line that is typed.
ask() {
  printf '%s ' "$1" >/dev/tty
  IFS= read -r answer </dev/tty || die "nobody has answered. Nothing was changed"
}

# The same, without showing what is typed.
ask_hidden() {
  echo_as_it_was=$(stty -g </dev/tty)
  stty -echo </dev/tty
  ask "$1"
  show_again
  echo >/dev/tty
}

show_again() {
  if [ -n "$echo_as_it_was" ]; then stty "$echo_as_it_was" </dev/tty 2>/dev/null || :; fi
  echo_as_it_was=''
}

# On a first installation, where nobody has said which program is to download: looks which ones are there, and asks.
ask_for_program() {
  if [ -e "$drop_in" ] || [ -n "$backend$given_program" ] || has_secret || ! somebody_is_there; then return 0; fi
  change "$(t "look for programs that could download, and ask which one to use")" ask_which
}

ask_which() {
  ready_binary
  "$ready" downloader --search </dev/null >"$work/programs" 2>/dev/null || : >"$work/programs"
  if [ -s "$work/programs" ]; then
    choose_program
  else
    say "There is no aria2, qBittorrent, Transmission, MeTube or YTPTube on this machine, so the server downloads by itself. To name one elsewhere: %s" \
      "$(of_downloader) --backend NAME --backend-url URL"
  fi
  if [ -z "$chosen_dir" ]; then choose_folder; fi
  plan_drop_in
}

choose_program() {
  say "  1  the server itself: files, and pages with yt-dlp"
  last=1
  while read -r kind url; do
    last=$((last + 1))
    say "  %s  %s at %s" "$last" "$(name_of "$kind")" "$url"
  done <"$work/programs"
  while :; do
    ask "$(t "Which one should download? [1]")"
    case ${answer:-1} in
      1) return 0 ;;
      [2-9])
        line=$(sed -n "$((answer - 1))p" "$work/programs")
        if [ -n "$line" ]; then break; fi
        ;;
    esac
    say "A number from 1 to %s, please." "$last"
  done
  backend=${line%% *} usual_dir=$own_dir
  add_option --backend-url "${line#* }"
  add_option --backend "$backend"
}

choose_folder() {
  if [ -n "$backend" ]; then
    question=$(t "The folder for its list (%s has its own for the files): [%s]" "$(name_of "$backend")" "$usual_dir")
  else
    question=$(t "The folder for the files: [%s]" "$usual_dir")
  fi
  while :; do
    ask "$question"
    wrong=$(wrong_folder "${answer:-$usual_dir}")
    if [ -z "$wrong" ]; then break; fi
    say "%s" "$wrong"
  done
  chosen_dir=${answer:-$usual_dir}
  dir=${chosen_dir%/}
}

# Asks for what the program that was chosen wants to be shown; aria2 knows no users.
ask_for_secret() {
  if [ "$program" != aria2 ]; then
    user=$(value_of --backend-user "$all")
    case $program in
      qbittorrent) user=${user:-admin} ;;
      transmission) user=${user:-transmission} ;;
    esac
    if [ -n "$user" ]; then question=$(t "Its user: [%s]" "$user"); else question=$(t "Its user, or Enter if it needs none:"); fi
    while :; do
      ask "$question"
      if ! is_unfit "$answer"; then break; fi
      say "%s must not contain quotes, backslashes, percent or dollar signs" "$answer"
    done
    if [ -n "$answer" ]; then
      options=$(without --backend-user "$options")
      add_option --backend-user "$answer"
    fi
  fi
  ask_hidden "$(t "The password or key of %s, which is not shown:" "$(name_of "$program")")"
  rm -f "$work/backend-secret"
  if [ -n "$answer" ]; then (umask 077 && printf '%s\n' "$answer" >"$work/backend-secret"); fi
  plan_drop_in
}

# Looks before anything is changed whether the program that was chosen answers, and takes the secret.
check_program() {
  if [ -z "$program" ] || [ "$skip_check" = yes ] || { ! has_secret && [ -z "$is_another" ] && [ -z "$given_program" ]; }; then
    return 0
  fi
  if [ "$dry_run" = yes ]; then
    say "would check that %s answers and accepts the secret" "$(name_of "$program")"
    return 0
  fi
  ready_binary
  tries=0
  while :; do
    look_at_program
    if [ -z "$(finding level folder)" ]; then
      cat "$work/why" >&2
      die "the server cannot be started with these options, see above. Nothing was changed"
    fi
    if [ "$(finding level secret)" != fail ]; then break; fi
    warn "%s" "$(finding what secret)"
    # qBittorrent shuts out an address, its page in that browser included, after five wrong passwords; Transmission everybody, after a hundred.
    tries=$((tries + 1))
    if [ $tries -gt 3 ] || ! somebody_is_there; then
      die "%s does not let the server in: name a file with the right secret with --backend-secret-file. Nothing was changed" \
        "$(name_of "$program")"
    fi
    ask_for_secret
  done
  if [ "$(finding level program)" = ok ]; then say "%s" "$(finding what program)"; fi
  for area in program bot; do
    if [ "$(finding level "$area")" = fail ]; then
      warn "%s. It is asked again, as long as the service runs. %s" "$(finding what "$area")" "$(finding advice "$area")"
    fi
  done
}

# ── the binary and the units ──

# as USER COMMAND…: root runs it as that user, to whom root's lock is nothing to keep.
as() {
  user=$1
  shift
  if is_root && [ -z "$root" ]; then set -- runuser -u "$user" -- "$@"; fi
  "$@" 9<&-
}

# Runs a command as the bot's user in the bot's folder. Root itself changes nothing there: the user could have put a link in
# its way.
as_user() {
  (cd "$state" && umask 077 && as dwld-bot "$@")
}

# A folder that the bot's user can enter: root's TMPDIR may be root's alone (libpam-tmpdir).
open_a_folder() {
  if [ "$dry_run" = yes ] || [ -n "$root" ] || ! is_root; then return 0; fi
  open_work=$(mktemp -d /run/dwld-bot-install.XXXXXX)
  chmod 0711 "$open_work"
}

# Runs the bot as systemd does: with a copy of the tokens that only its user can read.
as_service() {
  credentials=$open_work/credentials
  rm -rf "$credentials"
  (umask 077 && mkdir "$credentials")
  for file in "$etc"/*-token; do
    if [ -f "$file" ]; then cp "$file" "$credentials/"; fi
  done
  if is_root && [ -z "$root" ]; then chown -R dwld-bot "$credentials"; fi
  # Bun takes the proxies of whoever installs, which the service has not.
  as_user env -u BUN_OPTIONS -u BUN_BE_BUN -u DEBUG \
    -u http_proxy -u https_proxy -u all_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY CREDENTIALS_DIRECTORY="$credentials" "$@"
}

stage() {
  mkdir -p "$(dirname "$bin")"
  staged=$bin.new
  install -m 0755 "$fresh" "$staged"
  # Before anything is switched: does it run on this machine at all?
  case $machine in *-musl) hint=$(t ", which needs the package libstdc++") ;; *) hint= ;; esac
  "$staged" --version >"$work/version" || die "the new binary does not run on this machine%s. Nothing was changed" "$hint"
  new=$(sed -n '1s/^dwld-bot //p' "$work/version")
  case $new in
    '') die "%s is not dwld-bot. Nothing was changed" "$(basename "$fresh")" ;;
    "${version:-$new}" | "$version "*) ;;
    *) die "this is dwld-bot %s and not %s. Nothing was changed" "$new" "$version" ;;
  esac
}

# back_up_with BINARY: leaves in $work/backup or $work/why what it says, in English whatever the config's language.
back_up_with() {
  has_command "$1" backup && as_service env DWLD_BOT_TELEGRAM_LANGUAGE=en LC_ALL=C \
    "$1" backup "$backup" --config "$etc/config.yaml" >"$work/backup" 2>"$work/why"
}

back_up() {
  if [ ! -e "$etc/config.yaml" ]; then return 0; fi
  if ! has_command "$staged" backup && ! has_command "$bin" backup; then
    warn "The database is not backed up: dwld-bot %s cannot do it" "$old"
    return 0
  fi
  as_user mkdir -p "$state/backups"
  backup=$state/backups/before-upgrade-$(date +%Y%m%d-%H%M%S).db
  say "back up the database to %s" "$backup"
  # The config may have been written for the new version already; or, going back, for the old one.
  if back_up_with "$staged" || { ! grep -qs "^There is no database at " "$work/why" && back_up_with "$bin"; }; then
    cat "$work/backup"
    # store.path may name another one.
    named=$(sed -n "s|^Backed up \(.*\) to $backup: .*|\1|p" "$work/backup")
    database=${named:-$database}
    # shellcheck disable=SC2012 # names of our own
    ls -1r "$state"/backups/before-upgrade-*.db | tail -n +4 | while read -r older; do as_user rm -f "$older"; done
  elif grep -q "^There is no database at " "$work/why"; then
    warn "There is no database yet: continuing without a backup"
    backup=
  else
    cat "$work/why" >&2
    die "the database cannot be backed up. Nothing was changed: dwld-bot %s is as it was" "$old"
  fi
}

check_new() {
  if [ "$skip_check" = yes ] || [ ! -e "$etc/config.yaml" ] || ! has_command "$staged" check; then return 0; fi
  say "check with dwld-bot %s" "$new"
  if as_service timeout 120 "$staged" check --config "$etc/config.yaml"; then return 0; fi
  # What troubles both versions is no reason to keep the old one.
  if has_command "$bin" check && ! as_service timeout 120 "$bin" check --config "$etc/config.yaml" >/dev/null 2>&1; then
    warn "dwld-bot %s finds something wrong as well: continuing" "$old"
    return 0
  fi
  die "dwld-bot %s finds something wrong, see above (--skip-check continues anyway). Nothing was changed: dwld-bot %s is as it was" "$new" "$old"
}

swap() {
  begin
  if [ -e "$bin" ]; then ln -f "$bin" "$bin.prev" 2>/dev/null || cp -p "$bin" "$bin.prev"; fi
  mv -f "$staged" "$bin"
  staged=
  rm -f "$work/help"
  if [ -e "$work/help.new" ]; then mv "$work/help.new" "$work/help"; fi
}

install_binary() {
  if same_file "$fresh" "$bin"; then return; fi
  changed=yes
  if [ "$dry_run" = yes ]; then
    if [ -e "$bin" ]; then
      if among dwld-bot "$services"; then say "would back up the database, and check with the new version"; fi
      say "would keep %s as %s.prev" "$bin" "$bin"
    fi
    say "would install %s" "$bin"
    new_binary=yes
    return
  fi
  ready_binary
  if [ -e "$bin" ] && [ -n "$services" ]; then
    old=$(version_of "$bin" 2>/dev/null)
    old=${old:-$(t "(which does not run)")}
    if among dwld-bot "$services"; then
      back_up
      check_new
    fi
  fi
  say "install %s: dwld-bot %s" "$bin" "$new"
  swap
  new_binary=yes
}

write_unit() {
  begin
  mkdir -p "$(dirname "$unit")"
  if [ -e "$unit" ]; then cp -p "$unit" "$unit.prev"; fi
  cp "$work/unit" "$unit.new"
  chmod 0644 "$unit.new"
  mv -f "$unit.new" "$unit"
}

# install_unit SERVICE
install_unit() {
  unit=$(unit_of "$1")
  if [ ! -f "$fresh_units/$1.service" ]; then
    [ -e "$unit" ] || die "there is no %s.service beside the binary nor beside install.sh" "$1"
    return 0
  fi
  sed "s|^ExecStart=/usr/local/bin/|ExecStart=$prefix/bin/|" "$fresh_units/$1.service" >"$work/unit"
  if same_file "$work/unit" "$unit"; then return 0; fi
  new_units="$new_units $1"
  if [ -e "$unit" ]; then
    change "$(t "replace %s, keeping the old one as %s.prev" "$unit" "$unit")" write_unit
  else
    first="$first $1"
    change "$(t "write %s" "$unit")" write_unit
  fi
}

# install_extra FILE PLACE MODE OWNER: what belongs to it besides.
install_extra() {
  if [ ! -f "$fresh_extras/$1" ] || same_file "$fresh_extras/$1" "$2"; then return 0; fi
  change "$(t "write %s" "$2")" write_extra "$@"
}

write_extra() {
  mkdir -p "$(dirname "$2")"
  install -m "$3" "$fresh_extras/$1" "$2.new"
  owned_by "$4" "$2.new"
  mv -f "$2.new" "$2"
}

# ── one run at a time ──

# Two would take each other's halves for their own. The lock goes with this shell and what it has started, however they end.
keep_others_out() {
  if [ "$dry_run" = yes ] || ! command -v flock >/dev/null; then return 0; fi
  if [ -n "$root" ]; then
    lock=$root
  else
    lock=/run/dwld-bot-install.lock
    # Whoever could open it could hold up root.
    (umask 077 && : >>"$lock") 2>/dev/null || :
  fi
  if [ ! -e "$lock" ]; then return 0; fi
  exec 9<"$lock"
  # Anything but 1 is a file system that has no locks.
  flock -n 9 || [ $? -ne 1 ] || die "another install.sh is running here: wait until it has finished. Nothing was changed"
}

# ── runs that are cut short ──

# Before the first change for which a service has to be started: what a run leaves undone, because it is killed or the disk is full, the
# next one does. Names the services that somebody has stopped, which stay so.
begin() {
  if [ "$start" = no ] || [ -z "$systemctl" ] || [ -e "$unfinished" ]; then return 0; fi
  mkdir -p "$(dirname "$unfinished")"
  for each in $services; do
    if [ "$each" = dwld-bot ] && [ ! -e "$etc/config.yaml" ]; then continue; fi
    if [ -e "$(unit_of "$each")" ] && [ "$(state_of "$each")" = inactive ]; then printf '%s\n' "$each"; fi
  done >"$unfinished.new"
  mv -f "$unfinished.new" "$unfinished"
}

# Takes up what the run before has left undone.
take_up() {
  if [ "$start" = no ] || [ -z "$systemctl" ] || [ ! -e "$unfinished" ]; then return 0; fi
  is_cut_short=yes changed=yes stopped=$(tr '\n' ' ' <"$unfinished")
  say "The last run of install.sh was interrupted: continuing"
  if [ -n "$token_file$admin" ]; then renewed=$asked; fi
}

finish() {
  if [ "$start" = yes ] && [ "$dry_run" = no ]; then rm -f "$unfinished"; fi
}

# ── the services ──

ctl() {
  [ -n "$systemctl" ] || return 0
  # Where it is no systemd's, the services may be its own children, and would keep others out for as long as they run.
  change "$(t "run systemctl %s" "$*")" "$systemctl" "$@" 9<&-
}

state_of() {
  if [ -n "$systemctl" ]; then "$systemctl" is-active "$1" 2>/dev/null || :; fi
}

# Starts what is new here, and starts again what runs with something that is older, or has failed.
settle() {
  if [ "$start" = no ] || [ -z "$systemctl" ]; then return 0; fi
  began=$(date +%s)
  never_ran="$first${configured:+ dwld-bot}"
  for one in $services; do
    if among "$one" "$never_ran"; then continue; fi
    is_older=$is_cut_short
    if [ -n "$new_binary" ] || among "$one" "$new_units $renewed"; then is_older=yes; fi
    case $(state_of "$one") in
      failed | activating) running="$running $one" ;;
      active | reloading) if [ -n "$is_older" ]; then running="$running $one"; fi ;;
      *)
        if has_config "$one" && { among "$one" "$renewed" || { [ -n "$is_cut_short" ] && ! among "$one" "$stopped"; }; }; then
          # Somebody who gives it a token wants it to run.
          never_ran="$never_ran $one"
        elif [ -n "$is_older" ]; then
          say "%s does not run, and is not started. To start it: %s" "$one" "sudo systemctl start $one"
        fi
        ;;
    esac
  done
  # Services of Type=notify: this returns when all are ready, or one is not.
  # shellcheck disable=SC2086 # a list
  if [ -n "$running" ] && ! ctl restart $running; then
    not_ready
  fi
  for one in $services; do
    if ! among "$one" "$never_ran"; then continue; fi
    if ! has_config "$one"; then
      say "There is no config yet. Run this again on a terminal or with --token-file FILE --admin ID; or write %s
and then: sudo systemctl enable --now dwld-bot" "$etc/config.yaml"
    else
      ctl enable --now "$one" || failed="$failed $one"
    fi
  done
  # shellcheck disable=SC2086 # a list
  if [ -n "$failed" ]; then die_of $failed; fi
}

has_config() { [ "$1" != dwld-bot ] || [ -e "$etc/config.yaml" ] || [ -n "$configured" ]; }

# die_of SERVICE…
die_of() {
  finish
  show_why "$@"
  die "%s does not become ready. What it says: %s" "$*" "sudo journalctl$(printf ' -u %s' "$@") -n 50"
}

# What the services have said last that is an error; of those from before, the version before has said some.
show_why() {
  if [ -n "$root" ] || ! command -v journalctl >/dev/null; then return 0; fi
  for one in "$@"; do journalctl -u "$one" -p err -n 5 -o cat --no-pager --since "@$began" >&2 2>/dev/null || :; done
}

not_ready() {
  finish
  if [ -n "$new_binary$new_units" ]; then roll_back; fi
  # shellcheck disable=SC2086 # a list
  die_of $running
}

roll_back() {
  # shellcheck disable=SC2086 # a list
  why=$(t "What it said: %s" "sudo journalctl$(printf ' -u %s' $running) -n 50")
  # shellcheck disable=SC2086 # a list
  show_why $running
  warn "dwld-bot %s does not become ready: going back" "${new:-$(t "with the new unit")}"
  if [ "$new_binary" = yes ] && [ -e "$bin.prev" ]; then mv -f "$bin.prev" "$bin"; fi
  for one in $new_units; do
    unit=$(unit_of "$one")
    if [ -e "$unit.prev" ]; then mv -f "$unit.prev" "$unit"; fi
  done
  if [ -n "$new_units" ]; then ctl daemon-reload; fi
  # It may have tried so often that systemd refuses to try again.
  # shellcheck disable=SC2086 # a list
  ctl reset-failed $running || :
  # shellcheck disable=SC2086 # a list
  if ctl restart $running; then die "dwld-bot %s runs again. %s" "${old:-$(t "with the old unit")}" "$why"; fi
  if ! among dwld-bot "$running" || [ -z "$backup" ] || [ ! -e "$backup" ]; then
    die "and what was there before does not become ready either. %s" "$why"
  fi
  # The new version may have changed the database so that the old one cannot read it.
  ctl stop dwld-bot || :
  for suffix in '' -wal -shm; do
    if [ -e "$database$suffix" ]; then
      as_user mv -f "$database$suffix" "$database.failed-upgrade$suffix"
    fi
  done
  as_user cp "$backup" "$database"
  # shellcheck disable=SC2086 # a list
  ctl restart $running ||
    die "and dwld-bot %s does not become ready either, not even with the database as it was before. %s" "$old" "$why"
  die "dwld-bot %s runs again, with the database as it was before; the other one is %s.failed-upgrade. %s" "$old" "$database" "$why"
}

# ── the closing words ──

# Says how it stands, and ends with 1 when something is here that does not run although it should.
close_up() {
  if [ "$dry_run" = yes ] || [ -z "$services" ]; then return 0; fi
  if [ -n "$changed" ]; then say "dwld-bot %s" "${new:-$(version_of "$bin")}"; fi
  if [ "$asked" = dwld-bot ]; then close_bot; else close_downloader; fi
  if [ "$start" = no ] || [ -z "$systemctl" ]; then return 0; fi
  for one in $services; do
    case $(state_of "$one") in failed | activating) die_of "$one" ;; esac
  done
}

look_at_bot() {
  as_service timeout 60 "$bin" check --json --config "$etc/config.yaml" >"$work/findings" 2>/dev/null || :
}

# The command that installs the server from where this one was taken.
of_downloader() {
  case $from in *[!A-Za-z0-9/:._+@%~,=-]*) from="'$from'" ;; esac
  printf 'sudo sh install.sh%s%s --downloader\n' "${from:+ --from $from}" "${version:+ --version $version}"
}

close_bot() {
  now=$(state_of dwld-bot)
  username='' address=''
  if [ "$now" = active ] && has_command "$bin" check; then
    look_at_bot
    username=$(sed -n 's/.*"what": "@\([A-Za-z0-9_]*\).*/\1/p' "$work/findings" | head -n 1)
    address=$(sed -n 's/.*"what": "\([^ "]*\) (grpc\.listen).*/\1/p' "$work/findings" | head -n 1)
  fi
  if [ -n "$username" ]; then say "  bot      @%s, https://t.me/%s" "$username" "$username"; fi
  if [ -n "$now" ]; then say "  state    %s" "$now"; fi
  if [ -n "$address" ]; then say "  servers  register at %s" "$address"; fi
  say "  config   %s" "$etc/config.yaml"
  say "  log      sudo journalctl -u %s -f" dwld-bot
  say "  removal  %s" "sudo dwld-bot-uninstall"
  if [ "$now" = active ]; then
    say "  next     %s" "sudo dwld-bot check"
    if ! among dwld-bot-downloader "$services"; then say "  then     %s" "$(of_downloader)"; fi
  elif [ -e "$etc/config.yaml" ] && [ -n "$now" ]; then
    say "  next     %s" "sudo systemctl enable --now dwld-bot"
  fi
}

close_downloader() {
  now=$(state_of dwld-bot-downloader)
  if [ -n "$now" ]; then say "  state    %s" "$now"; fi
  if [ -n "$program" ]; then
    url=$(value_of --backend-url "$all")
    say "  program  %s" "$(name_of "$program")${url:+, $url}"
    say "  list     %s" "$dir"
  else
    say "  files    %s" "$dir"
  fi
  say "  log      sudo journalctl -u %s -f" dwld-bot-downloader
  say "  removal  %s" "sudo dwld-bot-uninstall --downloader"
  if [ -n "$program" ] || has_yt_dlp; then return 0; fi
  warn "yt-dlp is not installed, so only direct links to files are fetched, not pages such as YouTube's. To get it:
  sudo apt install ffmpeg pipx
  sudo PIPX_HOME=/opt/pipx PIPX_BIN_DIR=/usr/local/bin pipx install 'yt-dlp[default,deno]'
(YouTube wants deno. apt install yt-dlp works too, but has none, and sites change: that of Debian 12 is years old.) Then:
  sudo systemctl restart dwld-bot-downloader"
}

# Where the service sees it: it has no homes, and systemd's PATH.
has_yt_dlp() {
  if grep -q -e '--yt-dlp' "$drop_in" 2>/dev/null; then return 0; fi
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
    if [ -x "$root$folder/yt-dlp" ]; then return 0; fi
  done
  return 1
}

# ── removal ──

uninstall() {
  unit=$(unit_of "$asked")
  if [ -e "$unit" ]; then
    ctl disable --now "$asked"
    change "$(t "remove %s" "$unit")" rm -f "$unit" "$unit.prev"
    ctl daemon-reload
  fi
  # What both run.
  case $asked in dwld-bot) other=dwld-bot-downloader ;; *) other=dwld-bot ;; esac
  if [ ! -e "$(unit_of $other)" ]; then other=''; fi
  if [ -n "$other" ]; then
    say "kept: %s, which %s runs" "$bin" "$other"
  elif [ -e "$bin" ]; then
    change "$(t "remove %s" "$bin")" rm -f "$bin" "$bin.prev" "$bin.new" "$unfinished"
  fi
  if [ "$asked" = dwld-bot ] && [ -e "$etc/config.example.yaml" ]; then
    change "$(t "remove %s" "$etc/config.example.yaml")" rm -f "$etc/config.example.yaml"
  fi
  case $asked in dwld-bot) leave_bot ;; *) leave_downloader ;; esac
  # Last, so that a run which is cut short can be repeated.
  if [ -z "$other" ] && [ -e "$uninstaller" ]; then change "$(t "remove %s" "$uninstaller")" rm -f "$uninstaller"; fi
}

# What an uninstallation keeps of the bot, and --purge removes.
leave_bot() {
  edits=$(unit_of dwld-bot).d
  if [ "$purge" = no ]; then
    for folder in "$etc" "$state" "$edits"; do
      if [ -e "$folder" ]; then say "kept: %s" "$folder"; fi
    done
    return
  fi
  # Whoever installs it anew starts with what the guide says.
  if [ -e "$edits" ]; then
    change "$(t "remove %s and all that is in it" "$edits")" rm -rf "$edits"
    ctl daemon-reload
  fi
  if [ -n "$other" ] && [ -n "$(find "$etc" -name grpc-token -o -name join-code -o -name backend-secret 2>/dev/null)" ]; then
    change "$(t "remove everything in %s except what the server needs" "$etc")" remove_all_but_keys
  else
    remove_folder "$etc"
  fi
  remove_folder "$state"
  # Another user of the same number would own what is left.
  if [ -z "$kept_files" ]; then remove_user dwld-bot; fi
}

# What somebody has put on another disk stays: more than the bot's may be there.
remove_folder() {
  if [ -L "$1" ]; then
    elsewhere=$(readlink -f "$1" || :)
    change "$(t "remove %s" "$1")" rm -f "$1"
    if [ -n "$elsewhere" ] && [ -e "$elsewhere" ]; then
      kept_files=yes
      say "kept: %s" "$elsewhere"
    fi
  elif [ -e "$1" ]; then
    change "$(t "remove %s and all that is in it" "$1")" empty_folder "$1"
  fi
}

# Where a disk is mounted, the folder itself cannot be removed.
empty_folder() {
  if rm -rf "$1" 2>/dev/null; then return 0; fi
  if [ -n "$(ls -A "$1")" ]; then rm -rf "$1"; fi
}

remove_all_but_keys() {
  for entry in "$etc"/* "$etc"/.[!.]*; do
    case ${entry##*/} in grpc-token | join-code | backend-secret) ;; *) rm -rf "$entry" ;; esac
  done
}

# The same of the server that downloads; its files only when that is asked for as well, if need be later and with --dir.
leave_downloader() {
  dir=$chosen_dir
  if [ -e "$drop_in" ]; then dir=$(folder_of_drop_in); fi
  # It was for this service, once.
  if [ -e "$etc/join-code" ]; then change "$(t "remove %s" "$etc/join-code")" rm -f "$etc/join-code"; fi
  if [ "$purge" = no ]; then
    if [ -n "$dir" ]; then say "kept: %s and %s" "$drop_in" "$root$dir"; fi
    if [ -e "$etc/backend-secret" ]; then say "kept: %s" "$etc/backend-secret"; fi
    return
  fi
  if [ -e "$cache" ]; then change "$(t "remove %s" "$cache")" rm -rf "$cache"; fi
  if [ -e "$etc/backend-secret" ]; then change "$(t "remove %s" "$etc/backend-secret")" rm -f "$etc/backend-secret"; fi
  # It holds a list, and what the bot knows this one by; the files are the other program's, unless the server came to download by itself.
  if holds_files "$root$own_dir" && [ "$with_files" = no ]; then
    kept_files=yes
    say "kept: %s" "$root$own_dir"
  elif [ -e "$root$own_dir" ]; then
    change "$(t "remove %s and all that is in it" "$root$own_dir")" rm -rf "$root$own_dir"
  fi
  if [ -e "$etc/grpc-token" ] && [ -z "$other" ] && [ ! -e "$etc/config.yaml" ]; then
    change "$(t "remove %s" "$etc/grpc-token")" rm -f "$etc/grpc-token"
  fi
  if [ -d "$etc" ] && [ -z "$other" ] && [ "$dry_run" = no ]; then rmdir --ignore-fail-on-non-empty "$etc"; fi
  if [ -n "$dir" ] && [ "$dir" != "$own_dir" ] && [ "$with_files" = yes ] && [ -d "$root$dir" ]; then
    change "$(t "remove what was downloaded into %s" "$root$dir")" remove_downloads
  fi
  # Another user of the same number would own what is left.
  if [ -n "$dir" ] && [ "$dir" != "$own_dir" ] && [ -d "$root$dir" ]; then
    say "kept: %s" "$root$dir"
  elif [ -n "$dir" ] && [ -z "$kept_files" ]; then
    remove_user dwld-bot-downloader
  fi
  # Only here does it stand where the files are.
  if [ -e "$drop_in" ]; then change "$(t "remove %s" "$drop_in")" rm -rf "$(dirname "$drop_in")"; fi
}

# Whether there is more in it than the server's list.
holds_files() { [ -n "$(find "$1" -mindepth 1 -maxdepth 1 ! -name .dwld-bot 2>/dev/null)" ]; }

# As the user that has downloaded them, and only what is its own: others may have files in this folder.
remove_downloads() {
  if is_root && [ -z "$root" ]; then owner=dwld-bot-downloader; else owner=$(id -un); fi
  # Not every busybox's find has -delete.
  (cd "$root$dir" && as dwld-bot-downloader find . -xdev ! -type d -user "$owner" -exec rm -f {} +) || :
  (cd "$root$dir" && as dwld-bot-downloader find . -xdev -mindepth 1 -depth -type d -user "$owner" \
    -exec rmdir --ignore-fail-on-non-empty {} \;) || :
  rmdir --ignore-fail-on-non-empty "$root$dir" || :
}

remove_user() {
  if [ -z "$root" ] && id -u "$1" >/dev/null 2>&1; then change "$(t "remove the user %s" "$1")" userdel "$1"; fi
}

need_value() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then usage_error "%s needs a value" "$1"; fi
}

usage_error() {
  warn "%s. Try sh install.sh --help" "install.sh: $(t "$@")"
  exit 64
}

# wrong_folder FOLDER: what keeps it from being the server's.
wrong_folder() {
  case $1 in
    *:*) t "--dir must not contain colons, quotes, backslashes, percent or dollar signs" ;;
    /?*) if is_unfit "$1"; then t "--dir must not contain colons, quotes, backslashes, percent or dollar signs"; fi ;;
    *) t "--dir needs the absolute path of a folder" ;;
  esac
}

# Finds out what the options of the server that downloads amount to.
check_options() {
  if [ "$asked" = dwld-bot ] && [ "$options$chosen_dir$bot$listen$join$join_file$backend$secret_file$with_files" != no ]; then
    usage_error "--dir, --name, --join, --roots, --bot, --listen, --backend and --with-files need --downloader"
  fi
  case $join in *[![:graph:]]*) usage_error "--join needs the code exactly as dwld-bot add-server printed it" ;; esac
  if [ -n "$join" ] && [ -n "$join_file" ]; then usage_error "--join and --join-file exclude each other: use one"; fi
  read_there=''
  for file in "$token_file" "$secret_file" "$join_file"; do
    if [ "$file" = - ]; then
      if [ -n "$read_there" ]; then usage_error "only one thing can be read from standard input"; fi
      read_there=yes
    fi
  done
  if [ "$asked" != dwld-bot ] && [ -n "$admin$import" ]; then
    usage_error "--admin and --import are for the bot, not for --downloader"
  fi
  # What is given and would not be taken.
  if [ -n "$import" ] && [ -n "$token_file$admin" ]; then
    usage_error "--import takes token and admins from the Go version's config: leave out --token-file and --admin"
  fi
  if [ "$service" = no ] || [ "$remove" = yes ]; then
    [ -z "$token_file$admin$import$join$join_file$backend$secret_file" ] ||
      usage_error "--token-file, --admin, --import, --join and --backend need the service, and no removal"
  fi
  if [ "$with_files" = yes ] && [ "$purge" = no ]; then usage_error "--with-files needs --purge"; fi
  case $backend in '' | auto) usual_dir=/srv/dwld-bot ;; *) usual_dir=$own_dir ;; esac
  if [ -z "$chosen_dir" ] && [ -e "$drop_in" ]; then dir=$(folder_of_drop_in); else dir=$chosen_dir; fi
  dir=${dir:-$usual_dir}
  wrong=$(wrong_folder "$dir")
  if [ -n "$wrong" ]; then usage_error "%s" "$wrong"; fi
  dir=${dir%/}
  case $bot in '' | 127.* | localhost:* | \[::1\]:*) ;; *) listen=${listen:-0.0.0.0:50051} ;; esac
  if [ -n "$bot" ]; then add_option --bot "$bot"; fi
  if [ -n "$listen" ]; then add_option --listen "$listen"; fi
  case $backend in
    '' | auto) ;;
    *) add_option --backend "$backend" && given_program=yes ;;
  esac
}

main() {
  umask 022
  root=${DESTDIR:-} prefix='' from='' version='' token_file='' admin=''
  asked=dwld-bot service=yes start=yes skip_check=no dry_run=no remove=no purge=no with_files=no
  chosen_dir='' bot='' listen='' options='' join='' join_file='' import=''
  kept_files='' edits='' was_active=''
  echo_as_it_was='' backend='' given_program='' secret_file='' own_dir=/var/lib/dwld-bot-downloader
  has_etc='' is_cut_short='' stopped='' failed=''
  fresh='' staged='' new_binary='' new='' old='' new_units='' first='' configured='' running='' backup='' changed='' renewed='' pairing='' new_drop_in='' own=''
  # Installed as that, it removes.
  case $0 in
    */sbin/dwld-bot-uninstall)
      remove=yes own=${0%/sbin/dwld-bot-uninstall}
      own=${own#"$root"}
      ;;
  esac
  while [ $# -gt 0 ]; do
    case $1 in
      --from) need_value "$@" && from=$2 && shift ;;
      --version) need_value "$@" && version=${2#v} && shift ;;
      --token-file) need_value "$@" && token_file=$2 && shift ;;
      --admin) need_value "$@" && admin=$2 && shift ;;
      --import) need_value "$@" && import=$2 && shift ;;
      --prefix) need_value "$@" && prefix=${2%/} && shift ;;
      --downloader) asked=dwld-bot-downloader ;;
      --dir) need_value "$@" && chosen_dir=$2 && shift ;;
      --name) need_value "$@" && add_option "$1" "$2" && shift ;;
      --join) need_value "$@" && join=$2 && shift ;;
      --join-file) need_value "$@" && join_file=$2 && shift ;;
      --roots) need_value "$@" && add_option "$1" "$2" && shift ;;
      --bot) need_value "$@" && bot=$2 && shift ;;
      --listen) need_value "$@" && listen=$2 && shift ;;
      --backend) need_value "$@" && backend=$2 && shift ;;
      --backend-url | --backend-user | --backend-dir | --backend-option)
        need_value "$@" && add_option "$1" "$2" && given_program=yes && shift
        ;;
      --backend-secret-file) need_value "$@" && secret_file=$2 && shift ;;
      --with-files) with_files=yes ;;
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
      *) usage_error "unknown option %s" "$1" ;;
    esac
    shift
  done
  case $admin in *[!0-9-]* | ?*-* | - | 0* | -0*) usage_error "--admin needs a number: the bot tells strangers theirs" ;; esac
  case $prefix in '' | /*) ;; *) usage_error "--prefix needs an absolute path" ;; esac
  case $prefix in *[!A-Za-z0-9/._+@-]*) usage_error "--prefix may contain only letters, digits and /._+@-" ;; esac
  # Whoever is called from another folder has to find it too.
  case $root in '' | /*) ;; *) root=$PWD/$root ;; esac

  etc=$root/etc/dwld-bot
  state=$root/var/lib/dwld-bot
  database=$state/dwld-bot.db
  cache=$root/var/cache/dwld-bot-downloader
  # Where systemctl edit looks.
  drop_in=$(unit_of dwld-bot-downloader).d/override.conf
  check_options
  # What is here already runs the same binary, and so is upgraded as well.
  services=''
  for one in dwld-bot dwld-bot-downloader; do
    unit=$(unit_of "$one")
    if [ "$service" = yes ] && { [ "$one" = "$asked" ] || [ -e "$unit" ]; }; then services="$services $one"; fi
    # Where it is already; else where it usually goes.
    if [ -z "$prefix" ] && [ -e "$unit" ]; then prefix=$(sed -n 's|^ExecStart=\([^ ]*\)/bin/dwld-bot .*|\1|p' "$unit"); fi
  done
  prefix=${prefix:-${own:-/usr/local}}
  bin=$root$prefix/bin/dwld-bot
  unfinished=$bin.unfinished
  uninstaller=$root$prefix/sbin/dwld-bot-uninstall
  if [ -n "$root" ] || [ "$service" = no ]; then systemctl=${SYSTEMCTL:-}; else systemctl=${SYSTEMCTL:-systemctl}; fi

  is_root || [ -n "$root" ] || [ "$dry_run" = yes ] || die "this needs root: sudo sh install.sh, or su -c 'sh install.sh'"
  work=$(mktemp -d)
  open_work=$work
  fresh_units=$work
  fresh_extras=$work
  trap 'show_again; rm -rf "$work" "$open_work"; if [ -n "$staged" ]; then rm -f "$staged"; fi' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM

  keep_others_out
  if [ "$remove" = yes ]; then
    uninstall
    return
  fi
  if [ -n "$import" ] && [ ! -e "$import" ]; then die "there is no %s" "$import"; fi
  read_token
  read_secret
  read_code
  check_admin
  if [ "$asked" = dwld-bot-downloader ] && [ -n "$services" ]; then plan_drop_in; fi
  if [ -n "$services" ]; then
    need_systemd
    open_a_folder
  fi
  machine=$(target)
  obtain
  take_up
  if among dwld-bot "$services"; then
    create_user dwld-bot /var/lib/dwld-bot
    create_folders
    if [ -n "$is_cut_short" ] && [ "$dry_run" = no ] && [ -e "$etc/config.yaml" ]; then share_config; fi
  fi
  if [ "$asked" = dwld-bot-downloader ] && [ -n "$services" ]; then
    ask_for_program
    check_program
    prepare_downloader
  fi
  install_binary
  for one in $services; do install_unit "$one"; done
  if [ "$asked" = dwld-bot-downloader ] && [ -n "$services" ]; then create_drop_in; fi
  if [ -n "$new_units$first$new_drop_in$is_cut_short" ]; then ctl daemon-reload; fi
  if [ -n "$services" ]; then install_extra install.sh "$uninstaller" 0755 root:root; fi
  if among dwld-bot "$services"; then install_extra config.example.yaml "$etc/config.example.yaml" 0644 root:root; fi
  if [ "$asked" = dwld-bot ] && [ -n "$services" ]; then create_config; fi
  if [ -n "$services" ]; then
    warn_of_open_files
    settle
  fi
  if [ "$asked" = dwld-bot-downloader ] && [ -n "$services" ]; then remove_used_code; fi
  if [ -z "$changed" ]; then say "Nothing to change: dwld-bot %s is installed" "$(version_of "$bin")"; fi
  close_up
  if [ -e "$work/pairing" ]; then cat "$work/pairing"; fi
  finish
}

{ main "$@"; }
