/** `npm run build`: server and web client into dist/, from scratch. */
import { build, install } from "./setup.mjs";

await install();
await build({ force: true });
