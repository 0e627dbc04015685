/** Ends what global-setup.mjs started, and removes its files. */
export default async function stopMongod() {
  await globalThis.parlanceTestMongod?.stop();
}
