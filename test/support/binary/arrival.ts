import { ADMIN, type BinaryRig, USERS } from "../binary.ts";
import type { Person } from "../bot-api/people.ts";

/** Somebody sends a link, and is told that its file is ready `as` this; `server`: the one that the admin sees registering first. */
export async function arrives(
  rig: BinaryRig,
  { link, as, server }: { link: string; as: string; server?: string },
): Promise<Person> {
  if (server !== undefined) {
    rig.api.user({ id: ADMIN, username: "boss", languageCode: "en", started: true });
    await rig.api.message(ADMIN, ({ text }) => text.includes(`New server “${server}”`));
  }
  const person = rig.api.user({ id: USERS[0], username: "ann", languageCode: "en" });
  person.sends(link);
  await rig.api.message(person, ({ text }) => text.includes(`${as} is ready`));
  return person;
}
