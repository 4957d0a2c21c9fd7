/** One result of a check. Only a `fail` keeps a program from doing its work; a `note` introduces the next ones. */
export interface Finding<Area extends string = string> {
  readonly area: Area;
  readonly level: "ok" | "note" | "warn" | "fail";
  /** A sentence without its full stop. */
  readonly what: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

/** Creates findings of one area. */
export interface Findings<Area extends string> {
  ok(what: string, advice?: string): Finding<Area>;
  note(what: string): Finding<Area>;
  warn(what: string, advice?: string): Finding<Area>;
  fail(what: string, advice?: string): Finding<Area>;
}

export function findingsOf<Area extends string>(area: Area): Findings<Area> {
  const of = (level: Finding["level"]) => (what: string, advice?: string) => ({ area, level, what, advice });
  return { ok: of("ok"), note: of("note"), warn: of("warn"), fail: of("fail") };
}

/** Whether a program can work. */
export function isSound(found: readonly Pick<Finding, "level">[]): boolean {
  return found.every(({ level }) => level !== "fail");
}

/** The findings for programs: `{"ok": …, "findings": [{"area", "level", "what", "advice"}]}`. */
export function inJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: isSound(findings), findings }, undefined, 2)}\n`;
}
