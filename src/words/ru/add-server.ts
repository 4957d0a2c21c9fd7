import type { CommandWords } from "../en/en.ts";

/** `dwld-bot add-server`, in Russian. */
export const addServer: CommandWords["addServer"] = {
  badName: (name) => `«${name}» не подходит как имя сервера: нужно от 1 до 64 печатных символов.`,
  badAddress: (address) =>
    `--address: указано «${address}», нужно имя или адрес, например bot.example.org, можно с портом.`,
  inConfig: (name) =>
    `В настройках, в grpc.downloaders, уже сказано, как вызывать «${name}». Возьмите другое имя или уберите его оттуда и перезапустите бота.`,
  onlyHere: (listen) =>
    `Серверы подключаются по адресу ${listen}, а до него с другой машины не добраться. Задайте grpc.join.listen: 0.0.0.0:9977 и перезапустите бота или укажите адрес этой машины: --address.`,
  anyPort: (listen) =>
    `Порт у ${listen}, где подключаются серверы, при каждом запуске новый. Задайте порт в grpc.join.listen или укажите его: --address АДРЕС:ПОРТ.`,
  done: ({ name, code, addresses, listen, isRunning }) => `Выполните на другой машине в течение часа, в любой папке:

dwld-bot downloader --dir downloads --join ${code}

Та машина станет сервером «${name}». Никому не показывайте эту строку: она сработает один раз, у того, кто успеет первым.
Бота сервер будет искать по адресу ${addresses.join(", ")}; другой можно указать ключом --address.
Файрвол здесь должен пропускать его на ${listen}, а там — бота на порт 50051.
${isRunning ? "" : "Бот не запущен: сначала запустите его.\n"}`,
};
