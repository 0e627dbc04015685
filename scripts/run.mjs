/**
 * The door to every command of package.json: `node scripts/run.mjs NAME`. It is written in old JavaScript, so that a
 * Node too old for the rest says so in one line instead of failing on its syntax.
 */
var version = /^(\d+)\.(\d+)/.exec(process.versions.node) || [];
var major = Number(version[1]);
if (major < 20 || (major === 20 && Number(version[2]) < 19)) {
  console.error(
    "Parlance needs Node 20.19 or newer, and this is Node " + process.versions.node + ". See https://nodejs.org.",
  );
  process.exit(1);
}
import("./" + process.argv[2] + ".mjs").catch(function (error) {
  console.error(error.isPlain ? error.message : error);
  process.exit(1);
});
