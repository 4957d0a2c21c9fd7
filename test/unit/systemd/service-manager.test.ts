import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { connectServiceManager, type WatchdogReport } from "../../../src/systemd/service-manager.ts";
import { createRecordingLog } from "../../support/recording-log.ts";

const SOCKET = { NOTIFY_SOCKET: "/run/systemd/notify" };
const WITH_WATCHDOG = { ...SOCKET, WATCHDOG_USEC: "60000000" };

function connected(env: Readonly<Record<string, string>>) {
  const sent: string[] = [];
  const watchdogReport = { status: () => "all is well", late: (): readonly string[] => [] } satisfies WatchdogReport;
  const link = { isUp: true };
  const log = createRecordingLog();
  const open = () => (text: string) => {
    if (link.isUp) sent.push(text);
    return link.isUp;
  };
  return { manager: connectServiceManager({ env, log, open }), sent, watchdogReport, link, log };
}

describe("connectServiceManager()", () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test("does nothing without a service manager", () => {
    const { manager, sent, watchdogReport, log } = connected({ WATCHDOG_USEC: "60000000" });
    manager.ready(watchdogReport);
    manager[Symbol.dispose]();
    expect({ sent, lines: log.lines, timers: jest.getTimerCount() }).toEqual({ sent: [], lines: [], timers: 0 });
  });

  test("sends nothing before the bot is ready", () => {
    const { sent } = connected(WITH_WATCHDOG);
    jest.advanceTimersByTime(120_000);
    expect(sent).toEqual([]);
  });

  test("feeds the watchdog three times within its timeout", () => {
    const { manager, sent, watchdogReport } = connected({ ...SOCKET, WATCHDOG_USEC: "3000000" });
    manager.ready(watchdogReport);
    expect(sent).toEqual(["READY=1\nSTATUS=all is well\nWATCHDOG=1"]);
    jest.advanceTimersByTime(3_000);
    expect(sent.slice(1)).toEqual(["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
  });

  test("feeds no watchdog if there is none, or if it watches another process", () => {
    for (const env of [SOCKET, { ...WITH_WATCHDOG, WATCHDOG_PID: "1" }]) {
      const { manager, sent, watchdogReport } = connected(env);
      manager.ready(watchdogReport);
      jest.advanceTimersByTime(60_000);
      expect(sent).toEqual(["READY=1\nSTATUS=all is well"]);
    }
  });

  test("stops feeding the watchdog while a part is stalled, and logs which", () => {
    const { manager, sent, watchdogReport, log } = connected(WITH_WATCHDOG);
    manager.ready(watchdogReport);
    watchdogReport.late = () => ["dispatching"];
    jest.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(1);
    expect(log.at("error")).toContain("The watchdog is not fed: no progress in dispatching");
    watchdogReport.late = () => [];
    jest.advanceTimersByTime(10_000);
    expect(sent.at(-1)).toBe("WATCHDOG=1");
  });

  test("sends the status in one line when it has changed", () => {
    const { manager, sent, watchdogReport } = connected(SOCKET);
    manager.ready(watchdogReport);
    jest.advanceTimersByTime(30_000);
    expect(sent).toHaveLength(1);
    watchdogReport.status = () => "all\nREADY=0";
    jest.advanceTimersByTime(10_000);
    expect(sent.slice(1)).toEqual(["STATUS=all READY=0"]);
  });

  test("sends a change of the status at once when told of one, until the bot stops", () => {
    const { manager, sent, watchdogReport } = connected(SOCKET);
    let changed = () => {};
    let status = "no answer yet";
    manager.ready({ ...watchdogReport, status: () => status, onChange: (listener) => (changed = listener) });
    status = "all is well";
    changed();
    expect(sent.slice(1)).toEqual(["STATUS=all is well"]);
    manager[Symbol.dispose]();
    status = "late";
    changed();
    expect(sent.at(-1)).toBe("STOPPING=1\nSTATUS=Stopping");
  });

  test("repeats READY when nobody received it", () => {
    const { manager, sent, watchdogReport, link, log } = connected(SOCKET);
    link.isUp = false;
    manager.ready(watchdogReport);
    expect(log.at("warn")).toEqual(["Cannot reach the service manager"]);
    link.isUp = true;
    jest.advanceTimersByTime(10_000);
    expect(sent).toEqual(["READY=1\nSTATUS=all is well"]);
  });

  describe("while a large database holds everything up", () => {
    const twoGigabytes = { what: "Opening the database", bytes: 2e9 };

    test("asks for hours before it is ready, and for the usual time afterwards", () => {
      const { manager, sent } = connected(WITH_WATCHDOG);
      const during = manager.unhurried(twoGigabytes, () => [...sent]);
      expect(during).toEqual(["EXTEND_TIMEOUT_USEC=13423334000\nSTATUS=Opening the database (2000 MB)"]);
      expect(sent.slice(1)).toEqual(["EXTEND_TIMEOUT_USEC=90000000"]);
    });

    test("asks the watchdog for hours once it is ready, and sets it back when that fails, too", () => {
      const { manager, sent, watchdogReport } = connected(WITH_WATCHDOG);
      manager.ready(watchdogReport);
      const fails = () => {
        throw new Error(sent.at(-1));
      };
      expect(() => manager.unhurried(twoGigabytes, fails)).toThrow(
        "WATCHDOG_USEC=13393334000\nWATCHDOG=1\nSTATUS=Opening the database (2000 MB)",
      );
      expect(sent.at(-1)).toBe("WATCHDOG_USEC=60000000\nWATCHDOG=1");
      jest.advanceTimersByTime(10_000);
      expect(sent.at(-1)).toBe("STATUS=all is well\nWATCHDOG=1");
    });

    test("only shows what it does if nothing is limited", () => {
      const { manager, sent, watchdogReport } = connected(SOCKET);
      manager.ready(watchdogReport);
      manager.unhurried(twoGigabytes, () => {});
      expect(sent.slice(1)).toEqual(["STATUS=Opening the database (2000 MB)"]);
    });

    test("says nothing about a database of a usual size", () => {
      const { manager, sent } = connected(WITH_WATCHDOG);
      expect(manager.unhurried({ what: "Opening the database", bytes: 1e6 }, () => "open")).toBe("open");
      expect(sent).toEqual([]);
    });
  });

  test("sends STOPPING once, and nothing after it", () => {
    const { manager, sent, watchdogReport } = connected(WITH_WATCHDOG);
    manager.ready(watchdogReport);
    manager[Symbol.dispose]();
    manager[Symbol.dispose]();
    manager.ready(watchdogReport);
    jest.advanceTimersByTime(60_000);
    expect(sent.slice(1)).toEqual(["STOPPING=1\nSTATUS=Stopping"]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("carries on when the service manager cannot be reached", () => {
    const log = createRecordingLog();
    const open = () => {
      throw new Error("bun:ffi requires the JIT");
    };
    const manager = connectServiceManager({ env: SOCKET, log, open });
    manager.ready({ status: () => "", late: () => [] });
    manager[Symbol.dispose]();
    expect(log.at("warn")).toEqual(["Cannot talk to the service manager"]);
  });
});
