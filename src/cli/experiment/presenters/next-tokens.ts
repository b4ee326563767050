import { certificateTable } from "../../report/facts.ts";
import { html } from "../../report/html.ts";
import { expectedLines } from "../../language-model/expected-lines.ts";
import type { Presenter, What } from "./presenter.ts";
import { titled } from "./titled.ts";

export const nextTokens: Presenter<"next-tokens"> = {
  files: () => ({}),
  numbers({ data: { ids, probabilities, logits, tokens, top, names: named, entropies } }) {
    const last = (tokens.length - 1) * top;
    const names = new Map(named);
    const ranked = Array.from({ length: top }, (_, i): readonly What[] => {
      const id = ids[last + i]!;
      return [
        [`top.${i + 1}.name`, names.get(id) ?? `#${id}`],
        [`top.${i + 1}.probability`, probabilities[last + i]!],
        [`top.${i + 1}.logit`, logits[last + i]!],
      ];
    });
    return [...ranked.flat(), ...Array.from(entropies, (value, token): What => [`entropy(${token})`, value])];
  },
  section: (found) =>
    found.flatMap((each) => {
      const { title } = titled(each);
      const { data } = each.result;
      return [
        html`<h3>${title}</h3>
          <pre>${expectedLines(data, data.names).join("\n")}</pre>`,
        certificateTable([{ method: { title }, result: each.result }]),
      ];
    }),
};
