// What `npm pack` runs first: dist/ without source maps, the library's types, and the licences of what is bundled.
import fs from "node:fs";
import path from "node:path";
import { buildAll } from "../build.mjs";
import { root } from "../bundles.mjs";
import { libraryDeclarations } from "./declarations.mjs";
import { packagesInDist, thirdPartyNotices } from "./notices.mjs";

const results = await buildAll({ production: true, always: true, say: console.error });
fs.writeFileSync(
  path.join(root, "dist", "THIRD-PARTY-NOTICES.txt"),
  thirdPartyNotices({ folders: packagesInDist(results) }),
);
fs.writeFileSync(path.join(root, "dist", "glassbox.d.ts"), libraryDeclarations());
