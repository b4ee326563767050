import { InlayHintKind, type InlayHint, type Range } from "vscode-languageserver";
import { siteOption } from "../../experiment/site-option.ts";
import type { ModelCard } from "../../protocol/model.ts";
import { restingMs } from "../engine-facts.ts";
import { shapeWords } from "../words.ts";
import type { Asked } from "./features.ts";

/** The shape behind a site, the class behind a number, the size behind a model. */
export async function inlayHints({ experiment, facts, cards, token }: Asked, shown: Range): Promise<readonly InlayHint[]> {
  const parsed = (await experiment.reading(token))?.experiment;
  if (parsed === undefined || experiment.model === undefined) return [];
  const model = await facts.model(experiment.model, token, restingMs);
  if (model === undefined || token.isCancellationRequested) return [];
  const after = ({ end }: Range, label: string): InlayHint[] => (end.line >= shown.start.line && end.line <= shown.end.line ? [{ position: end, label, kind: InlayHintKind.Type, paddingLeft: true }] : []);
  return [
    ...after(parsed.model.range, [model.classes && `${model.classes.count} classes`, `${(model.parameters / 1e6).toFixed(1)} M parameters`].filter(Boolean).join(", ")),
    ...parsed.analyses.flatMap(({ method, target, options, sites }) => {
      const card = cards.find(({ id }) => id === method.value);
      const option = card && siteOption(card);
      const named = option && options[option.name];
      return [
        ...[...sites, ...(named ? [{ value: String(named.value), range: named.range }] : [])].flatMap(({ value, range }) => siteHint(value, model).flatMap((label) => after(range, label))),
        ...(target && /^\d+$/.test(target.value) && model.classes?.names?.[Number(target.value)] ? after(target.range, model.classes.names[Number(target.value)]!) : []),
      ];
    }),
  ];
}

function siteHint(name: string, { sites }: ModelCard): string[] {
  const site = sites.find((each) => each.name === name);
  return site ? [shapeWords(site)] : [];
}
