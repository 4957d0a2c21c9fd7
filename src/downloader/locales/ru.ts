import type { DownloaderTexts } from "./en.ts";

/** Everything a person reads of the downloader, in Russian. */
export const ru: DownloaderTexts = {
  failure(failure) {
    switch (failure.kind) {
      case "refused":
        return `сайт ответил ошибкой ${failure.status}${{ 403: " (нет доступа)", 404: " (не найдено)", 410: " (удалено)", 429: " (слишком много запросов)" }[failure.status] ?? ""}`;
      case "forbidden":
        return `ссылка ведёт на ${failure.host}, а это не публичный адрес`;
      case "unknown_host":
        return `сайт ${failure.host} не найден`;
      case "too_many_redirects":
        return "сайт перенаправляет по кругу";
      case "stalled":
        return "сайт перестал отвечать";
      case "cut_short":
        return "соединение оборвалось, файл скачан не до конца";
      case "page":
        return "это веб-страница, а на сервере не установлен yt-dlp";
      case "bare_page":
        return "это веб-страница, на которой yt-dlp не нашёл, что скачать";
      case "nothing":
        return "скачивать нечего: возможно, это прямая трансляция";
      case "no_space":
        return "не хватает места на диске";
      case "connection":
        return `нет связи с сайтом (${failure.detail})`;
      case "disk":
        return `не удалось записать файл (${failure.detail})`;
      case "surprise":
        return `помешала непредвиденная ошибка (${failure.detail})`;
      case "program":
        return failure.detail;
    }
  },
  backEnd: {
    noAnswer: (name, detail) => `${name} не отвечает: ${detail}`,
    notTaken: (name) => `${name} не принял ссылку`,
    isThere: (name) => `эта ссылка уже есть в ${name}, её добавили не отсюда`,
    failed: (name) => `${name} не смог её скачать`,
    noFiles: (name) => `${name} больше не находит файлы: возможно, диск не подключён`,
    missing: (name, count) => `видео из этого списка, о которых ${name} ничего не знает: ${count}`,
    isOld: (name) => `файл с таким именем уже был: ${name} ничего не скачал`,
    needed: "указать и --backend",
    withoutMeaning: (option, name) => `--${option} не действует: скачивает ${name}, у него свои настройки.`,
    noUsers: (option, name) => `--${option} не действует: у ${name} есть только пароль, а пользователей нет.`,
    secretFile: "файл, в котором пароль или ключ записан одной строкой",
    url: (example) => `адрес без пароля, например ${example}`,
    settings: (names) => names || "ничего: для него настроек нет",
    vanished: (name) => `в ${name} этой ссылки больше нет: её там удалили или никто не увидел, чем всё закончилось`,
  },
  full: "здесь уже ждёт слишком много ссылок",
  willRetry: (trouble) => `попробую ещё раз: ${trouble}`,
  nthOf: (nth, of) => `${nth} из ${of}`,
  expected: {
    name: "от 1 до 64 печатных символов",
    roots: "части адресов через запятую, например youtube.com,vk.com/video, или *",
    address: "АДРЕС:ПОРТ, например 127.0.0.1:9999 или [::1]:9999",
    dir: "папка для файлов, например --dir downloads",
    count: "число от 1 до 64",
    size: "размер, например 500M или 2G",
    rate: "скорость в байтах в секунду, например 500K или 2M",
    language: "en или ru",
    certificate: "сертификат в файле PEM, который можно прочитать",
    key: "закрытый ключ без пароля в файле PEM, который можно прочитать",
    ownKey: "ключ от сертификата --tls-cert",
    file: "файл, который можно прочитать",
    token: "файл, который можно прочитать и в котором только grpc.token бота: одна строка без пробелов",
    writtenPipe: "обычный файл или канал, в который что-то пишет",
    program: "программа, которую можно запустить",
  },
  problem: ({ key, found, expected }) =>
    found === undefined ? `не указан --${key}: ${expected}` : `--${key}: указано «${found}», нужно: ${expected}`,
  joining: {
    mistyped: (option) =>
      `--${option}: код указан не полностью. Скопируйте всё, что вывела команда dwld-bot add-server.`,
    newer: (option) => `--${option}: код создан более новой версией dwld-bot. Установите на этой машине такую же.`,
    superfluous: (options) => `Этот сервер подключается по коду: уберите ${options.join(", ")}.`,
    unreadable: (path) =>
      `Не удаётся прочитать ${path}: по этому файлу сервер и бот узнают друг друга. Удалите его и подключитесь по новому коду.`,
    refused: {
      unknown:
        "Бот не знает этого кода: для этого имени создан другой или было слишком много попыток. Создайте новый: dwld-bot add-server.",
      expired: "Код устарел: он действует час. Создайте новый: dwld-bot add-server.",
      used: "По этому коду уже подключилась другая машина. Если это были не вы, уберите тот сервер в /servers и создайте новый код: dwld-bot add-server.",
      unfit: "Бот не принимает сертификат этой машины. Создайте новый код: dwld-bot add-server.",
    },
    anotherCertificate: (addresses) =>
      `Ничего не отправлено: по адресу ${addresses.join(", ")} отвечает не тот бот, который создал код: сертификат другой. Либо адрес ведёт к другой программе, либо кто-то перехватывает соединение.`,
    unreachable: (addresses) =>
      `Бот недоступен по адресу ${addresses.join(", ")}. Он запущен? Файрвол на его машине пропускает эту? Адрес верный? Другой адрес можно указать так: dwld-bot add-server ИМЯ --address АДРЕС.`,
  },
  plainToken: {
    network: (host) =>
      `Токен передаётся на ${host} без шифрования: его может прочитать любой, кто прослушивает эту сеть. С --bot-ca — никто.`,
    internet: (host) =>
      `Токен ушёл бы на ${host} без шифрования, и прочитать его мог бы любой по пути. Укажите --bot-ca или используйте туннель; если так и задумано — --plain-token.`,
  },
  runsAlready: (dir) => `В ${dir} уже работает другой сервер. Остановите его или укажите другую папку: --dir.`,
  cannotWrite: (dir, code) =>
    `Не удаётся писать в ${dir}: ${code}. Есть ли место на диске, может ли пользователь, от имени которого это запущено, писать туда и входить в папки над ней (chown, chmod; для контейнера — на хосте)? Или укажите другую папку: --dir.`,
  linkTo: (dir, target) => `${dir} (символическая ссылка на ${target})`,
  sensors: {
    space: (free, total) => `Свободно: ${free} из ${total}`,
    load: (load, cores) => `Нагрузка: ${load} (ядер: ${cores})`,
    gigabytes: (gigabytes) => `${gigabytes} ГБ`,
  },
  health: (waiting, running) => `скачивается: ${running}, ждут: ${waiting}`,
};
