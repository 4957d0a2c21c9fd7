import { gzipSync } from "node:zlib";
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from "pprof-format";

/** A place in the program. */
export interface Frame {
  readonly name: string;
  readonly file: string;
  /** From 1; 0 if unknown. */
  readonly line: number;
}

/** What was measured at the end of a chain of frames, the innermost first. */
export interface Measured {
  readonly frames: readonly Frame[];
  readonly values: readonly number[];
}

/** What a profile says about itself. */
export interface PprofOptions {
  /** The meaning of the values, such as `["cpu", "nanoseconds"]`. Viewers show the last one first. */
  readonly valueTypes: readonly (readonly [type: string, unit: string])[];
  readonly period: { readonly type: string; readonly unit: string; readonly value: number };
  /** Epoch ms. */
  readonly startedAt: number;
  readonly durationMs: number;
}

const NS_PER_MS = 1_000_000;

/** The gzipped protobuf that `go tool pprof` opens. */
export function toPprof(measured: Iterable<Measured>, options: PprofOptions): Uint8Array<ArrayBuffer> {
  const stringTable = new StringTable();
  const text = (value: string) => stringTable.dedup(value);
  const functions = new Map<string, PprofFunction>();
  const locations = new Map<string, Location>();

  function functionOf({ name, file }: Frame): PprofFunction {
    const key = `${file} ${name}`;
    const known = functions.get(key);
    if (known !== undefined) return known;
    const id = functions.size + 1;
    const added = new PprofFunction({ id, name: text(name), systemName: text(name), filename: text(file) });
    functions.set(key, added);
    return added;
  }

  function locationOf(frame: Frame): Location {
    const key = `${frame.file} ${frame.name} ${frame.line}`;
    const known = locations.get(key);
    if (known !== undefined) return known;
    const line = new Line({ functionId: functionOf(frame).id, line: frame.line });
    const added = new Location({ id: locations.size + 1, line: [line] });
    locations.set(key, added);
    return added;
  }

  const valueType = (type: string, unit: string) => new ValueType({ type: text(type), unit: text(unit) });
  const { valueTypes, period, startedAt, durationMs } = options;
  const sample = Array.from(
    measured,
    ({ frames, values }) => new Sample({ locationId: frames.map((frame) => locationOf(frame).id), value: [...values] }),
  );
  const profile = new Profile({
    sampleType: valueTypes.map(([type, unit]) => valueType(type, unit)),
    sample,
    location: [...locations.values()],
    function: [...functions.values()],
    stringTable,
    // A number cannot hold this exactly.
    timeNanos: BigInt(Math.round(startedAt)) * BigInt(NS_PER_MS),
    durationNanos: Math.round(durationMs * NS_PER_MS),
    periodType: valueType(period.type, period.unit),
    period: period.value,
  });
  return gzipSync(profile.encode());
}
