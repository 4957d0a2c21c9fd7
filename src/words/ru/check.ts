import type { CommandWords } from "../en/en.ts";

const RESTART = "Запустите бота (ещё раз): он отложит эту базу в сторону и возьмёт последнюю исправную копию.";
const SET_CLOCK = "Поправьте часы, для контейнера — на его хосте, и поручите их системе: timedatectl set-ntp true.";
const AS_ITS_USER = "Запустите check через sudo или в контейнере бота.";
/** What to do about a server whose TLS lacks HTTP/2. */
export const NO_HTTP2 =
  "По TLS сервер не предлагает HTTP/2, а без него нет gRPC. Если TLS за него обслуживает другая программа, она должна объявлять h2 через ALPN (в nginx, раздел stream: ssl_alpn h2).";

/** As the lines are called that it counts. */
const warned = (n: number) => (n === 0 ? "" : `, требует внимания: ${n}`);

/** What `dwld-bot check` finds out, in Russian. */
export const check: CommandWords["check"] = {
  areas: {
    config: "настройки",
    clock: "часы",
    database: "база",
    access: "доступ",
    ports: "порты",
    telegram: "Telegram",
    downloaders: "серверы",
  },
  levels: { ok: "ок", note: "справка", warn: "внимание", fail: "ошибка" },
  sound: (warnings) => (warnings === 0 ? "Всё в порядке." : `Ошибок нет, но требует внимания: ${warnings}.`),
  unsound: (problems, warnings) => `Ошибок: ${problems}${warned(warnings)}.`,
  duration: {
    seconds: (n) => `${n} с`,
    minutes: (n) => `${n} мин`,
    hours: (n) => `${n} ч`,
    days: (n) => `${n} дн.`,
  },
  config: { fromEnvironment: "Всё задано переменными окружения" },
  certificates: {
    ended: (key, since) => `Сертификат в ${key} истёк ${since} назад`,
    notYet: (key, from) => `Сертификат в ${key} начнёт действовать только через ${from}`,
    lasts: (key, left) => `Сертификат в ${key} действует ещё ${left}`,
    renew: "Сделайте новый и перезапустите бота.",
    clock: SET_CLOCK,
  },
  clock: {
    agrees: "Часы идут как у Telegram",
    ahead: (by) => `Часы спешат на ${by} по сравнению с Telegram`,
    behind: (by) => `Часы отстают на ${by} по сравнению с Telegram`,
    set: SET_CLOCK,
    future: (from) => `В базе есть записи из будущего: до них ещё ${from}`,
    futureAdvice: `Ссылки могут ждать дольше, чем нужно. ${SET_CLOCK}`,
  },
  database: {
    forbidden: (folder) => `Этому пользователю закрыта папка ${folder}`,
    asItsUser: AS_ITS_USER,
    restart: RESTART,
    missing: (path) => `Базы ${path} ещё нет: она появится при первом запуске`,
    empty: (path) => `${path} — пустой файл: база появится при первом запуске`,
    missingWithBackups: (path) => `Базы ${path} нет, но есть копии`,
    emptyWithBackups: (path) => `${path} — пустой файл, но есть копии`,
    newer: (path) => `${path} — база от более новой версии dwld-bot`,
    newerAdvice: "Верните ту версию или восстановите копию, сделанную этой.",
    damaged: (path, why) => `База ${path} повреждена (${why})`,
    unreadable: (path, code) => `Не удаётся прочитать ${path} (${code})`,
    unreadableAdvice: `Доступен ли файл этому пользователю? ${AS_ITS_USER}`,
    noPlaceAdvice: "Проверьте store.path и его папку.",
    notOurs: (path) => `${path} — база не от этого dwld-bot`,
    notOursAdvice: "Если она от версии на Go: dwld-bot import --from и её путь, а здесь укажите другой store.path.",
    sound: (path, links, isOld) =>
      `База ${path} исправна, ссылок в очереди: ${links}${isOld ? "; при следующем запуске бот сделает копию и обновит схему" : ""}`,
    room: (mebibytes, folder) => `В ${folder} свободно ${mebibytes} МБ`,
    littleRoom: (mebibytes, folder) => `В ${folder} свободно всего ${mebibytes} МБ`,
    noRoomAdvice: "Освободите место: ссылки не сохраняются и сразу уходят на серверы.",
    littleRoomAdvice: "Освободите место, пока оно не кончилось.",
    readOnly: (folder, code) => `Нельзя писать в ${folder} (${code})`,
    readOnlyAdvice: `${AS_ITS_USER} Если не помогло, отдайте папку пользователю бота: chown, для контейнера — на хосте.`,
    noBackup: "Копий базы ещё нет",
    noBackupAdvice: "Бот делает их при запуске и каждую ночь.",
    backup: (age, path) => `Возраст последней копии — ${age}: ${path}`,
    oldBackup: (age) => `Возраст последней копии — уже ${age}`,
    oldBackupAdvice: "Работающий бот делает копию каждую ночь: загляните в его журнал.",
    aside: (path) => `${path} — повреждённая база, отложенная в сторону`,
    asideAdvice: "Возьмите из неё, что нужно, или удалите её.",
  },
  downloader: {
    folder: (dir) => `В ${dir} можно писать`,
    newFolder: (dir) => `Папки ${dir} ещё нет: её создаст первый запуск`,
    readOnly: (dir, code) => `В ${dir} нельзя писать (${code})`,
    ownFolder: "Отдайте её пользователю, от имени которого работает сервер: chown, для контейнера — на хосте.",
    ytDlp: (path) => `Видео со страниц скачивает ${path}`,
    noYtDlp: "yt-dlp нет: скачиваются только файлы, а видео со страниц, например с YouTube, — нет",
    getYtDlp: "Установите его: apt install yt-dlp, а самый новый — pipx install 'yt-dlp[default,deno]'.",
    other: (kind, url) => `По адресу ${url} что-то отвечает; возможно, это ${kind}`,
    useOther: (kind) => `Если это так, ссылки можно отдавать ему: --backend ${kind}.`,
    joins: "К боту сервер ещё не подключён: он подключится при запуске",
    botAnswers: (address) => `Бот отвечает по адресу ${address}`,
    noBot: (address, why) => `Бот не отвечает по адресу ${address}: ${why}`,
    findBot: "Бот запущен? В --bot указан его адрес из grpc.listen?",
  },
  program: {
    answers: (what, url) => `${what} отвечает по адресу ${url} и впускает сервер`,
    absent: (url, key) => `Программа запущена? Её адрес ${url} верный? Он задаётся в ${key}.`,
    shut: (user, key) => `Пароль или ключ у неё не тот, что в ${key}, или ей нужно ещё имя: ${user}.`,
    other: (url, key) =>
      `По адресу ${url} другая программа, или у этой другой путь, или она неисправна: проверьте ${key} и её журнал.`,
    untrusted:
      "Сертификат просрочен, выдан на другое имя или подписан центром, которого здесь не знают. Если центр ваш собственный, укажите файл его сертификата в переменной окружения NODE_EXTRA_CA_CERTS.",
    folder: (name, path) => `${name} кладёт файлы в ${path}, и на этой машине такая папка есть`,
    notOurs: (name, path) => `${name} кладёт файлы в ${path}, а сервер туда писать не может`,
    elsewhere: (name, path) => `${name} кладёт файлы в ${path}, а на этой машине такой папки нет`,
    partsStay:
      "Начатое по ссылкам, которые потом убрали, останется там. Разрешите пользователю сервера писать в эту папку или удаляйте лишнее сами.",
    partsStayElsewhere:
      "До первого файла, на другой машине или в контейнере так и должно быть; только начатое по ссылкам, которые потом убрали, останется там. Чтобы оно удалялось, папка должна быть и здесь, по тому же пути.",
  },
  beside: {
    ytDlp: (path) => `У сервера рядом с ботом есть yt-dlp: ${path}`,
    noYtDlp: "yt-dlp не найден: сервер рядом с ботом скачает только прямые ссылки на файлы",
    noYtDlpAdvice:
      "Установите его: apt install yt-dlp, а самый новый — pipx install 'yt-dlp[default,deno]'; или укажите путь в downloader.yt_dlp.",
    noNamed: (program) => `${program} не найден: сервер рядом с ботом не запустится`,
    noNamedAdvice:
      "Исправьте downloader.yt_dlp или уберите этот ключ: тогда подойдёт yt-dlp из PATH, если он там есть.",
    noCookies: (path) => `${path} не читается или пуст: сервер рядом с ботом не запустится`,
    noCookiesAdvice: "Исправьте downloader.cookies или уберите этот ключ.",
  },
  access: {
    admins: (configured, others) =>
      [
        ...(configured === 0 ? [] : [`Администраторов в настройках: ${configured}`]),
        ...(others === "" ? [] : [`${configured === 0 ? "Администраторы" : "Кроме них"}: ${others}`]),
      ].join(". "),
    nobody: "Нет ни одного администратора",
    nobodyAdvice: "Выполните dwld-bot pair и отправьте боту показанный код или укажите свой id в telegram.admins.",
    pairing: (ago, left) => `Код для нового администратора показан ${ago} назад; осталось попыток: ${left}`,
    pairingAdvice: "Он сработает один раз в течение часа. Новый покажет dwld-bot pair.",
  },
  ports: {
    any: (host, key) => `${host}, любой свободный порт (${key})`,
    free: (where) => `${where} свободен`,
    freeAlthough: (where) => `${where} свободен, хотя бот работает`,
    own: (where) => `${where} занят самим ботом`,
    taken: (where, holder) => `${where} занят ${holder === undefined ? "другой программой" : `программой ${holder}`}`,
    takenAdvice: (port, key) => `Кто его держит, покажет sudo ss -ltnp 'sport = :${port}'. Или смените ${key}.`,
    failed: (where, code) => `Не удаётся открыть ${where}: ${code}`,
    noAddress: (host, key) => `У этой машины нет адреса ${host}: смените ${key}.`,
    noName: (key) => `Такого имени нет: смените ${key}.`,
    forbidden: "Порты до 1024 доступны только root: возьмите больший.",
    change: (key) => `Смените ${key}.`,
  },
  telegram: {
    works: (bot, way) => `@${bot}, путь: ${way}`,
    proxied: (host, proxy, variable) =>
      `Запросы к ${host} идут через прокси ${proxy}: он указан в переменной окружения ${variable}`,
    excluded: (host, variable, exception) =>
      `Запросы к ${host} идут напрямую: прокси из ${variable} для этого адреса отменяет ${exception}`,
    refused: (way) => `${way} не принимает токен`,
    newToken: "Проверьте telegram.token: @BotFather покажет его по /token, а новый сделает по /revoke.",
    unreachable: (way, why) => `${way} недоступен: ${why}`,
    anotherWay: "Бот обойдётся другим путём.",
    noWay:
      "Проверьте сеть. Если Telegram заблокирован, укажите прокси в telegram.proxies или другой адрес в telegram.api_roots.",
    proxyRefuses:
      "Прокси отвечает, но отказывает: верны ли имя и пароль в telegram.proxies, и пропускает ли он эту машину к этому адресу?",
    notTheApi:
      "Там что-то отвечает, но не так, как Bot API: верен ли telegram.api_roots, и достаёт ли зеркало или прокси до Telegram?",
    webhook: "Установлен вебхук: возможно, этим ботом пользуется другая программа",
    webhookAdvice: "При запуске бот его снимет.",
    unknownAdmin: (id) => `Бот не знает администратора ${id}`,
    unknownAdminAdvice: (bot) => `Пусть он напишет /start боту @${bot}: первым бот написать не может. Или id неверный.`,
  },
  downloaders: {
    none: "Ни один сервер ещё не зарегистрировался",
    noneButBeside: "Ни один сервер ещё не зарегистрировался: тот, что рядом с ботом, сделает это при запуске",
    restsBeside: (name, address) =>
      `«${name}» (${address}) — тот, что рядом с ботом, и запускается вместе с ним; сейчас бот не запущен`,
    noneAdvice: "Запустите сервер и дайте ему адрес бота из grpc.listen.",
    answers: (name, address, says) => `«${name}» (${address}) отвечает${says === "" ? "" : `: ${says}`}`,
    silent: (name, address, why, seen) =>
      `«${name}» (${address}) не отвечает (${why}); ${seen === undefined ? "на связи ещё не был" : `был на связи ${seen} назад`}`,
    silentAdvice: "Запущен ли он, пускает ли его файрвол эту машину? После перезапуска он зарегистрируется снова.",
    notTrustedAdvice:
      "Дело в сертификате: указан ли в grpc.downloaders (ca) тот центр, которым он подписан, и на это ли имя выдан? Сервер, подключённый по коду, подключите заново: dwld-bot add-server.",
    notLetInAdvice: "Сервер не пускает бота: не ждёт ли он другой сертификат или токен, чем указан в grpc.downloaders?",
    noHttp2Advice: NO_HTTP2,
    unknown: (what, match, name) =>
      `${what === "route" ? "В маршруте" : "В часах (dispatch.windows)"}${match === undefined ? "" : ` ${match}`} указан «${name}», но такой сервер не регистрировался`,
    unknownAdvice: "Так ли пишется его имя при регистрации?",
  },
};
