// The tests of changing files and shared caches at full length: 200 moves, and twelve parts in process namespaces of their own.
// usage: node scripts/stress-files.mjs
process.env.GLASSBOX_MOVES ??= "200";
process.env.GLASSBOX_PARTS ??= "12";
const { runUnitTests } = await import("./unit-tests.mjs");
const { status } = await runUnitTests(["test/engine/changing-files.test.ts", "test/cli/shared-cache.test.ts"]);
process.exit(status);
