import * as v from "valibot";

const role = v.picklist(["admin", "user", "guest"]);
const instant = v.nullable(v.number());

/** A grant in the copy of what must be known without the database; one written by an earlier version has no undo and no warning. */
export const knownGrant = v.object({
  id: v.number(),
  role,
  until: instant,
  name: v.string(),
  grantedBy: v.number(),
  grantedAt: v.number(),
  undo: v.optional(
    v.nullable(
      v.object({
        kind: v.picklist(["promoted", "removed"]),
        by: v.number(),
        until: v.number(),
        before: v.object({ role, until: instant }),
      }),
    ),
    null,
  ),
  warned: v.optional(v.boolean(), false),
});
