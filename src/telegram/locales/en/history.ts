/** `/done`: what came, in English. */
export const done = {
  title: (n: number) => `What came: ${n}`,
  found: (word: string, n: number) => `What came with “${word}”: ${n}`,
  empty: "Nothing has come yet.",
  notFound: (word: string) => `Nothing that came has “${word}” in it.`,
  page: (page: number, pages: number) => `page ${page} of ${pages}`,
  /** On a prompt, of a link that is no new one. */
  before: (at: string) => `Came before: ${at}`,
  picking: "Which one do you want again?",
  full: (most: number) => `Your queue is full (${most}). Try again when some links have gone.`,
  button: {
    first: "« First page",
    previous: "‹ Previous page",
    next: "Next page ›",
    last: "Last page »",
    again: "🔁 Again",
    number: (n: number) => `🔁 Again ${n}`,
    back: "‹ Back",
  },
};
