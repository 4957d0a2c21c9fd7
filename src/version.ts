import manifest from "../package.json";

declare const __GIT_SHA__: string | undefined;

/** The version in `package.json`, with the commit that the binary was built from. */
export const version = `${manifest.version} (${typeof __GIT_SHA__ === "undefined" ? "development" : __GIT_SHA__})`;
