/** `/done`: what was downloaded, in English. */
export const done = {
  title: (n: number) => `Downloaded: ${n}`,
  found: (word: string, n: number) => `Downloads with “${word}”: ${n}`,
  empty: "Nothing has been downloaded yet.",
  notFound: (word: string) => `No download contains “${word}”.`,
  page: (page: number, pages: number) => `page ${page} of ${pages}`,
  /** On a prompt, for a link that is not new. */
  before: (at: string) => `Downloaded before: ${at}`,
  picking: "Which one shall I download again?",
  full: (most: number) => `Your queue is full (${most}). Try again when some links have been sent.`,
  button: {
    again: "🔁 Again",
    number: (n: number) => `🔁 Again ${n}`,
  },
};
