import { expect, test } from "bun:test";
import type { AdminAlert } from "../../../../src/domain/admin-alert.ts";
import { createAlarmDesk } from "../../../../src/service/chats/alarms.ts";
import { createLateWrites } from "../../../../src/service/late-writes.ts";
import { openStore } from "../../../../src/store/store.ts";
import { createRecordingLog } from "../../../support/recording-log.ts";

const DAMAGE: AdminAlert = { kind: "repaired", hasBackup: false };
const POISON: AdminAlert = { kind: "poison" };

test("an alarm is kept until it is told, and the next life returns it once", () => {
  using store = openStore(":memory:");
  const life = () =>
    createAlarmDesk({
      store,
      lateWrites: createLateWrites({ transaction: store.transaction, log: createRecordingLog() }),
    });
  const desk = life();
  const told = desk.keep(DAMAGE);
  desk.keep(POISON);
  desk.told(told);
  expect(desk.left()).toEqual([]);
  const next = life();
  const [left, ...others] = next.left();
  expect([left?.alert, others, next.left()]).toEqual([POISON, [], []]);
  if (left !== undefined) next.told(left);
  expect(store.untoldAlarms.all()).toEqual([]);
});
