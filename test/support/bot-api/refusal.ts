/** A method that the Bot API refuses; the server turns it into `{ ok: false, error_code, description, parameters }`. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: number;
  readonly parameters: Readonly<Record<string, number>> | undefined;

  constructor(code: number, description: string, parameters?: Readonly<Record<string, number>>) {
    super(description);
    this.code = code;
    this.parameters = parameters;
  }
}

/** 400 with the prefix that every such answer has. */
export function badRequest(why: string): Refused {
  return new Refused(400, `Bad Request: ${why}`);
}

/** 403 with the prefix that every such answer has. */
export function forbidden(why: string): Refused {
  return new Refused(403, `Forbidden: ${why}`);
}
