import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { cacheFolder } from "./cache-folder.ts";

const isPosix = path.sep === "/";
const linux = (env: Readonly<Record<string, string>>, home: string | undefined = "/home/me"): string =>
  cacheFolder({ env, platform: "linux", home });

test("the cache is where the system keeps caches; GLASSBOX_CACHE names another place", { skip: !isPosix }, () => {
  assert.equal(linux({}), "/home/me/.cache/glassbox/engine");
  assert.equal(linux({ XDG_CACHE_HOME: "/caches" }), "/caches/glassbox/engine");
  assert.equal(linux({ GLASSBOX_CACHE: "kept" }), path.resolve("kept"));
  assert.equal(cacheFolder({ env: {}, platform: "darwin", home: "/Users/me" }), "/Users/me/Library/Caches/glassbox");
});

test(
  "a variable that is empty or not a whole path counts as not set, and without a home there is no folder",
  { skip: !isPosix },
  () => {
    for (const value of ["", ".", "caches"])
      assert.equal(linux({ XDG_CACHE_HOME: value }), "/home/me/.cache/glassbox/engine");
    assert.equal(cacheFolder({ env: {}, platform: "linux", home: undefined }), "");
    assert.equal(cacheFolder({ env: { LOCALAPPDATA: "" }, platform: "win32", home: undefined }), "");
  },
);
