import { contractKey } from "../../contract/contract-key.ts";
import { formatObjective } from "../../graph/objective.ts";
import { parseObjective } from "../../graph/parse-objective.ts";
import { codingOf } from "../../methods/visualization/coding.ts";
import { commandFlag } from "../../protocol/command-line.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { wholePath } from "../paths.ts";
import { hashBytes } from "../file-hash.ts";
import { loadPhotographs } from "../photographs/load-photographs.ts";
import { preparationOf } from "./picture.ts";
import type { SubjectOpener } from "./subject.ts";

/** Units or other objectives, and real pictures for comparison. */
export const unitSubject: SubjectOpener<"unit"> = {
  async prepare(services, { model: file, subject, preprocessing: wanted, options, fresh = false }) {
    const objectives = subject.objectives.map(parseObjective);
    if (objectives.length === 0) throw new GlassboxError("option", "neither a unit nor another objective is given");
    const model = await services.models.network(file);
    const { network } = model;
    // A misspelled site is refused before any picture is loaded.
    for (const { terms } of objectives)
      for (const term of terms) if ("site" in term && term.site !== undefined) network.site(term.site);
    const { photographs, found } = await loadPhotographs(services, model, subject.photographs, wanted);
    const { preprocessing } = photographs[0]!.prepared;
    if (preprocessing === undefined)
      throw new GlassboxError("unsupported", `${model.card.name} does not take pictures, so none can be made for it`);
    const sha256 = hashBytes(photographs.map(({ prepared }) => prepared.sha256).join());
    const texts = objectives.map(formatObjective);
    const portable = () => services.portable.of(network);
    const folder = subject.photographs || undefined;
    return {
      model: model.card.sha256,
      subject: { name: texts.join(", "), sha256 },
      // Each objective's pictures are cached separately.
      partsOf: sha256,
      contract: contractKey(model.card.contract, { withNames: false }),
      preparation: preparationOf(preprocessing),
      target: undefined,
      runtime: options.portable === true ? (await portable()).runtime : network.runtime,
      context: {
        network,
        objectives,
        coding: codingOf(preprocessing),
        photographs: photographs.map(({ path, tensor, prepared: { name } }) => ({ name, path, tensor })),
        photographsFound: found,
        portable,
        fresh,
      },
      written: {
        flags: [
          ...texts.map((text) => commandFlag("objective", text)),
          ...(folder === undefined ? [] : [commandFlag("photographs", folder)]),
        ],
        input: texts.length === 1 ? { objective: texts[0]!, photographs: folder && wholePath(folder) } : undefined,
        preprocessing,
      },
    };
  },
};
