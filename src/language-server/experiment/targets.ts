import { CompletionItemKind } from "vscode-languageserver";
import type { NetworkCard } from "../../protocol/model.ts";
import { shapeWords } from "../words.ts";
import type { Suggestion } from "./suggestion.ts";

/** Nobody reads longer lists. */
const maxChannels = 4096;

/** The term of a target that is being written, as far as it is; `undefined` where it may still be a class's name. */
export const lastTerm = (written: string): string | undefined =>
  /(?:^|[\s*+-])((?:unit|logit):\S*)$/.exec(written)?.[1];

/** Classes by name; after `unit:` the sites that have channels, then the channels, and after `logit:` the classes. */
export const termSuggestions = (model: NetworkCard, term: string | undefined): readonly Suggestion[] =>
  term === undefined
    ? classes(model)
    : term.startsWith("unit:")
      ? units(model, term.slice("unit:".length), "unit:")
      : logits(model);

/** Sites that have channels, then the channels: `features.12:20`, after what stands before it. */
export function units({ sites }: NetworkCard, written: string, before: string): readonly Suggestion[] {
  const withChannels = sites.filter(({ channels = 0 }) => channels > 0);
  const site = withChannels.find(({ name }) => written.startsWith(`${name}:`));
  if (site === undefined)
    return withChannels.map((each) => ({
      label: `${before}${each.name}:`,
      kind: CompletionItemKind.Field,
      detail: shapeWords(each),
      goesOn: true,
    }));
  const channels = Math.min(site.channels!, maxChannels);
  return Array.from({ length: channels }, (_, channel) => ({
    label: `${before}${site.name}:${channel}`,
    kind: CompletionItemKind.Value,
    detail: `channel ${channel} of ${site.channels}`,
  }));
}

function classes({ classes: known }: NetworkCard): readonly Suggestion[] {
  const names = known?.names ?? [];
  const first = new Map<string, number>();
  const twice = new Set(names.filter((name, i) => (first.has(name) ? true : void first.set(name, i))));
  return [
    ...names.map((name, index) => ({
      label: name,
      kind: CompletionItemKind.EnumMember,
      detail: `class ${index}`,
      ...(twice.has(name) && { text: String(index) }),
    })),
    {
      label: "logit:",
      kind: CompletionItemKind.Operator,
      detail: "of a class, for sums and differences",
      goesOn: true,
    },
    { label: "unit:", kind: CompletionItemKind.Operator, detail: "the mean of one channel of a site", goesOn: true },
  ];
}

const logits = ({ classes: known }: NetworkCard): readonly Suggestion[] =>
  Array.from({ length: known?.count ?? 0 }, (_, index) => {
    const name = known?.names?.[index];
    return {
      label: `logit:${index}`,
      kind: CompletionItemKind.EnumMember,
      ...(name !== undefined && { detail: name, filter: `logit:${index} logit:${name}` }),
    };
  });
