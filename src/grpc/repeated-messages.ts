import { keepLatest } from "../domain/keep-latest.ts";
import { MOST_DOWNLOADERS } from "../domain/registration.ts";

/** A registration with all its roots is shorter, unless somebody wants to fill the memory. */
const LONGEST = 8 * 1024;

/**
 * Reads messages; one whose bytes have been read before is the same object again. As many are remembered as there are downloaders, if they
 * are `worth` it: a stranger's message must not take much more memory than its bytes.
 */
export function readingRepeatedOnce<Message>(
  read: (bytes: Buffer) => Message,
  worth: (message: Message) => boolean = () => true,
): (bytes: Buffer) => Message {
  const known = new Map<string, Message>();
  return (bytes) => {
    if (bytes.length > LONGEST) return read(bytes);
    const key = bytes.toString("latin1");
    const before = known.get(key);
    if (before !== undefined) return before;
    const message = read(bytes);
    if (!worth(message)) return message;
    keepLatest(known.set(key, message), MOST_DOWNLOADERS);
    return message;
  };
}
