/** What esbuild makes of the files that a figure imports. */
declare module "*.bin" {
  const bytes: Uint8Array;
  export default bytes;
}
declare module "*.jpg" {
  const address: string;
  export default address;
}
declare module "*.png" {
  const address: string;
  export default address;
}
declare module "*.webp" {
  const address: string;
  export default address;
}
/** With the arrays as they are (../npz.mjs): lib/npz.js reads it. */
declare module "*.npz" {
  const bytes: Uint8Array;
  export default bytes;
}
