import fs from "node:fs";
import path from "node:path";
import type { AxeResults } from "axe-core";
import type { FrameLocator } from "playwright-core";

const ROOT = process.env.GLASSBOX_ROOT!;

/**
 * What axe finds wrong in a webview, one line each: rule, impact, the elements. Contrast is judged against the body's
 * background, so the webview must give its body the editor's.
 */
export async function accessibilityViolations(view: FrameLocator): Promise<readonly string[]> {
  const frame = await (await view.locator("body").elementHandle())?.ownerFrame();
  if (!frame) throw new Error("The webview has no document yet.");
  // A script element would meet the webview's content security policy; evaluating does not.
  await frame.evaluate(`${fs.readFileSync(path.join(ROOT, "node_modules/axe-core/axe.min.js"), "utf8")};0`);
  const { violations } = await frame.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: { run(context: Document, options: object): Promise<AxeResults> } };
    return axe.run(document, { resultTypes: ["violations"] });
  });
  return violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.target.join(" ")).join(", ")}`,
  );
}
