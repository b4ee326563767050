import { InlayHintKind, type InlayHint, type Range } from "vscode-languageserver";
import { siteOption } from "../../experiment/site-option.ts";
import { hoverWaitMs } from "../engine-facts.ts";
import { sitesOf } from "../known-model.ts";
import type { Asked } from "./features.ts";

/** Shows the shape after a site, the class name after an index, and the size after a model. */
export async function inlayHints(
  { experiment, facts, cards, token }: Asked,
  shown: Range,
): Promise<readonly InlayHint[]> {
  const parsed = (await experiment.reading(token))?.experiment;
  if (parsed === undefined || experiment.model === undefined) return [];
  const known = await facts.known(experiment.model, token, hoverWaitMs);
  if (known === undefined || token.isCancellationRequested) return [];
  const shapes = new Map(sitesOf(known).map(({ name, shape }) => [name, shape]));
  const classes = known.kind === "picture" ? known.model.classes : undefined;
  const after = ({ end }: Range, label: string): InlayHint[] =>
    end.line >= shown.start.line && end.line <= shown.end.line
      ? [{ position: end, label, kind: InlayHintKind.Type, paddingLeft: true }]
      : [];
  return [
    ...after(
      parsed.model.range,
      [classes && `${classes.count} classes`, `${(known.model.parameters / 1e6).toFixed(1)} M parameters`]
        .filter(Boolean)
        .join(", "),
    ),
    ...parsed.analyses.flatMap(({ method, target, options, sites }) => {
      const card = cards.find(({ id }) => id === method.value);
      const option = card && siteOption(card);
      const named = option && options[option.name];
      return [
        ...[...sites, ...(named ? [{ value: String(named.value), range: named.range }] : [])].flatMap(
          ({ value, range }) => (shapes.has(value) ? after(range, shapes.get(value)!) : []),
        ),
        ...(target && /^\d+$/.test(target.value) && classes?.names?.[Number(target.value)]
          ? after(target.range, classes.names[Number(target.value)]!)
          : []),
      ];
    }),
  ];
}
