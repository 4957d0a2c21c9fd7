/** How one endpoint of the Bot API (a root, directly or through a proxy) has fared. Instants are epoch ms. */
export interface EndpointStatus {
  /** For people: `api.telegram.org through socks5://10.0.0.1:1080`; holds no password. */
  readonly name: string;
  /** Whether calls go there now; true for exactly one. */
  readonly isCurrent: boolean;
  /** `refused`: that Bot API answers, but does not know the token. */
  readonly state: "untried" | "ok" | "refused" | "failing";
  /** Since when it is in this state. */
  readonly since: number;
  readonly lastOkAt: number | undefined;
  /** What was wrong at the latest try; undefined while it is ok. Contains neither token nor password. */
  readonly problem: string | undefined;
}
