/** What is wrong with a file of links, in English. */
export const linkFile = {
  tooBig: "This file is larger than 1 MB. Nothing was added: please send the links in a smaller one, or as a message.",
  tooMany: "There are more than 500 links in this file. Nothing was added: please send them in several files.",
  unreadable: "I could not get this file from Telegram. Please send it again in a few minutes.",
  noLinks: "There are no links in this file.",
};
