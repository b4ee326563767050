import type { NetworkCard } from "../../protocol/model.ts";
import { checkWords } from "../check-line.ts";
import { targetWords, type MapFinding } from "../explain/finding.ts";
import { dataUri, html, type Html } from "./html.ts";

/** The maps: the first large, the others next to it. Under each, what it is, whether it holds, and what was done to draw it. */
export const mapGallery = (maps: readonly MapFinding[], model: NetworkCard): Html =>
  html`<div class="${maps.length === 1 ? "maps alone" : maps.length === 2 ? "maps two" : "maps"}">${maps.map((map, i) => mapFigure(map, model, i === 0 ? scaleBars(maps) : []))}</div>`;

/** One shared scale if all maps were drawn in the same way, which is the usual case. */
function scaleBars(maps: readonly MapFinding[]): readonly Html[] {
  const drawn = maps.filter(({ result }) => result.data.blank === undefined);
  return [...new Set(drawn.map(({ where }) => where.caption))].map((caption) => {
    const titles = drawn.filter(({ where }) => where.caption === caption).map(({ method }) => method.title);
    const whose = titles.length === maps.length ? "" : `${titles.join(", ")}: `;
    return html`<div class="scale shared"><span>less</span><i class="where"></i><span>more</span></div><p class="drawn">${whose}${caption}${maps.length > 1 ? " Each map by its own scale, since their units differ." : ""}</p>`;
  });
}

function mapFigure(
  { method, result, cancelled, where, sentence }: MapFinding,
  model: NetworkCard,
  below: readonly Html[],
): Html {
  const { certificate, provenance } = result;
  const badges = certificate.filter(({ status }) => status !== "info");
  const facts = certificate.filter(({ id, status }) => status === "info" && id !== "target");
  return html`<figure>
<img src="${dataUri(where.png)}" width="${where.width}" height="${where.height}" alt="${method.title} for ${targetWords(provenance.target, model)}, drawn in orange over the grey photograph. ${sentence}">
<figcaption>
<div class="name"><strong>${method.title}</strong>${[...badges, ...facts].map((check) => html` <span class="check ${check.status}">${checkWords(check)}</span>`)}</div>
<p>${sentence}</p>
${cancelled ? html`<p class="warn">△ Stopped early: this is what was known then.</p>` : undefined}
${below}
</figcaption>
</figure>`;
}

/** The same maps with their signs, and the photograph: what the large pictures leave out. */
export function otherViews(maps: readonly MapFinding[], photograph: Uint8Array | undefined, inputName: string): Html {
  const seen = photographFigure(photograph, inputName);
  return html`<section><h2>With signs</h2><div class="strip">${seen}${maps.map(
    ({ method, signed }) => html`<figure>
<img src="${dataUri(signed.png)}" width="${signed.width}" height="${signed.height}" alt="${method.title} with signs: orange speaks for the class, blue against it.">
<figcaption><div class="name"><strong>${method.title}</strong></div>
<div class="scale"><span>against</span><i class="signed"></i><span>for</span></div>
<p class="drawn">${signed.caption} The raw values go from ${signed.record.min.toPrecision(3)} to ${signed.record.max.toPrecision(3)}.</p></figcaption></figure>`,
  )}</div></section>`;
}

export const photographFigure = (photograph: Uint8Array | undefined, inputName: string): Html | undefined =>
  photograph &&
  html`<figure><img src="${dataUri(photograph)}" alt="${inputName} as the model sees it, resized and cropped."><figcaption><div class="name"><strong>As the model sees it</strong></div></figcaption></figure>`;
