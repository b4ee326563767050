// What `npm pack` runs first: dist/ without source maps, and the licences of what is bundled into it.
import fs from "node:fs";
import path from "node:path";
import { buildAll } from "../build.mjs";
import { root } from "../bundles.mjs";
import { packagesInDist, thirdPartyNotices } from "./notices.mjs";

const results = await buildAll({ production: true, always: true, say: console.error });
fs.writeFileSync(
  path.join(root, "dist", "THIRD-PARTY-NOTICES.txt"),
  thirdPartyNotices({ folders: packagesInDist(results) }),
);
