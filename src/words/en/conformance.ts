import { NO_HTTP2 } from "./check.ts";

/** The results of `dwld-bot conformance`, in English; `detail` is the server's or the connection's own text. */
export const conformance = {
  answers: (message: string) => `It answers${message === "" ? "" : `: ${message}`}`,
  silent: (detail: string) => `It does not answer: ${detail}`,
  silentAdvice:
    "Is it running, and is this the address that it listens on? If it uses TLS, give the authority of its certificate with --ca.",
  notTrustedAdvice:
    "The certificate is not trusted: is --ca the authority that signed it, and is --name the name in it? If the server does not use TLS, leave out --ca.",
  notLetInAdvice:
    "It does not let this caller in: give what the bot would show it, --tls-cert with --tls-key, or --token-file.",
  noHttp2Advice: NO_HTTP2,
  lists: "Queue returns its list",
  listsNot: (detail: string) => `Queue returns no list: ${detail}`,
  tells: "Status reports what is running",
  tellsNot: (detail: string) => `Status reports nothing: ${detail}`,
  refusesEmpty: "An empty link is refused",
  takesEmpty: "An empty link is not refused: answer INVALID_ARGUMENT",
  takes: "SetToQueue accepts a link",
  takesNot: (detail: string) => `SetToQueue does not accept a link: ${detail}`,
  takesNotAdvice: "Give a link that it accepts: --link.",
  keeps: "An accepted link is in its list, spelt as it was sent",
  keepsNot: "An accepted link is not in its list: store it before you answer, exactly as it was sent",
  quality: "The list shows the requested quality",
  qualityNot: (found: string) => `The list shows quality "${found}", not 720`,
  once: "A link that is sent again is listed once",
  twice: (times: number) => `A link that is sent again is listed ${times} times`,
  again: (detail: string) =>
    `The answer to a link that it already has is wrong, so the bot would also give the link to another server: ${detail}`,
  againAdvice: "Answer ALREADY_EXISTS.",
  drops: "DeleteFromQueue removes a link, and stops its download",
  runsOn: "DeleteFromQueue removes a link, but its download goes on",
  dropsNot: "A link is still in the list after DeleteFromQueue",
  fails: (method: string, detail: string) => `${method} fails: ${detail}`,
  dropsUnknown: "Deleting a link that it does not have is not an error",
  cleans: "CleanHistory works",
  done: (name: string) => `A download finishes, and the list says DONE: ${name}`,
  trouble: (why: string) => `A download fails, and the list says why: ${why}`,
  lost: "A download disappeared from the list without DONE: show DONE for some minutes",
  endless: "A download did not finish within ten minutes",
};
