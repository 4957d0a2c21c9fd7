/** A file embedded in the binary: the import is its path (`with { type: "file" }`). */
declare module "*.proto" {
  const path: string;
  export default path;
}
