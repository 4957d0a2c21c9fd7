/** What `dwld-bot conformance` finds out, in English; `detail` is the server's or the connection's own text. */
export const conformance = {
  answers: (message: string) => `It answers${message === "" ? "" : `: ${message}`}`,
  silent: (detail: string) => `It does not answer: ${detail}`,
  silentAdvice:
    "Is it running, and is this the address that it listens on? If it speaks TLS, name who has signed its certificate with --ca.",
  notTrustedAdvice:
    "It is the certificate: does --ca name who has signed the server's, and is --name the name in it? If the server speaks no TLS, leave out --ca.",
  notLetInAdvice:
    "It does not let this caller in: show it what it knows the bot by, --tls-cert with --tls-key, or --token-file.",
  lists: "Queue gives its list",
  listsNot: (detail: string) => `Queue gives no list: ${detail}`,
  tells: "Status tells what runs",
  tellsNot: (detail: string) => `Status says nothing: ${detail}`,
  refusesEmpty: "An empty link is refused",
  takesEmpty: "An empty link is not refused: answer INVALID_ARGUMENT",
  takes: "SetToQueue takes a link",
  takesNot: (detail: string) => `SetToQueue does not take a link: ${detail}`,
  takesNotAdvice: "Name a link that it does take: --link.",
  keeps: "A link that was taken is in its list, spelt as it came",
  keepsNot: "A link that was taken is not in its list: store it before you answer, exactly as it came",
  quality: "The list says the quality that was asked for",
  qualityNot: (found: string) => `The list says quality "${found}", not 720`,
  once: "A link that is sent again is there once",
  twice: (times: number) => `A link that is sent again is there ${times} times`,
  again: (detail: string) =>
    `A link that is there already is answered wrongly, and would be given to another server as well: ${detail}`,
  againAdvice: "Answer ALREADY_EXISTS.",
  drops: "DeleteFromQueue drops a link, and stops what runs",
  runsOn: "DeleteFromQueue drops a link, but what runs goes on",
  dropsNot: "A link is still in the list after DeleteFromQueue",
  fails: (method: string, detail: string) => `${method} fails: ${detail}`,
  dropsUnknown: "Deleting a link that it does not have is no error",
  cleans: "CleanHistory is understood",
  done: (name: string) => `A download ends, and the list says DONE: ${name}`,
  trouble: (why: string) => `A download fails, and the list says why: ${why}`,
  lost: "A download has vanished from the list without DONE: show DONE for some minutes",
  endless: "A download has not ended in ten minutes",
};
