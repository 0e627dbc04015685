/** `npm run admin` where only what runs is installed (the image, a service): `node deploy/admin.mjs COMMAND …`. */
import { runAdmin } from "../dist/cli/main.js";

process.exitCode = await runAdmin(process.argv.slice(2), process.cwd());
