/** Ends what global-setup.mjs started, and removes its files. */
/** @typedef {typeof globalThis & { parlanceTestMongod?: import("./start.js").TestMongod }} Running */

export default async function stopMongod() {
  await /** @type {Running} */ (globalThis).parlanceTestMongod?.stop();
}
