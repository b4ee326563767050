import type { Dataset } from "../../data/datasets/dataset.ts";
import { labelOf } from "../../data/datasets/open.ts";
import { commandFlag } from "../../protocol/command-line.ts";
import { isMadeData } from "../../protocol/made-data.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { SampleActivations } from "../activations/sample-activations.ts";
import { wholePath } from "../paths.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import type { PreprocessingChoices } from "../preprocessing-choice.ts";
import { modelSamples } from "./model-samples.ts";
import { contractKey } from "../../contract/contract-key.ts";
import { preparationOf } from "./picture.ts";
import type { SubjectOpener } from "./subject.ts";

/** Labelled samples: pictures, preprocessed for the model, or unchanged tensors. */
export const dataSubject: SubjectOpener<"data"> = {
  async prepare(services, { model: file, subject: { data, label: name }, preprocessing: wanted }) {
    const model = await services.models.network(file);
    const { network, card } = model;
    const { runtime } = network;
    const dataset = services.dataset.open(data);
    const { reference, title, hash } = dataset;
    const label = labelOf(dataset, name);
    const preprocessing =
      dataset.samples.kind === "pictures"
        ? (wanted ?? (await chosenPreprocessing(services.preprocessing, model, dataset)))
        : undefined;
    const samples = modelSamples(model, dataset, preprocessing);
    const preparation = preparationOf(preprocessing);
    // The label is not part of it, so another label on the same data reuses the activations.
    const activationsDependOn = [card.sha256, hash, preparation, { name: runtime.name, version: runtime.version }];
    return {
      model: card.sha256,
      subject: { name: `${title}: ${label.name}`, sha256: hash },
      contract: contractKey(card.contract, { withNames: false }),
      preparation,
      target: undefined,
      runtime,
      context: {
        network,
        dataset,
        label,
        samples,
        runtime,
        activations: new SampleActivations(services, samples, JSON.stringify(activationsDependOn)),
        variant: (source) => services.variants.of(network, source),
      },
      written: {
        flags: [commandFlag("data", reference), commandFlag("label", label.name)],
        input: { data: isMadeData(reference) ? reference : wholePath(reference), label: label.name },
        preprocessing,
      },
    };
  },
};

async function chosenPreprocessing(
  choices: PreprocessingChoices,
  model: OpenNetwork,
  { samples, contentOf }: Dataset,
): Promise<Preprocessing> {
  const { picture, name } = model.card;
  if (samples.kind !== "pictures" || picture === undefined)
    throw new GlassboxError("input", `${name} does not take pictures`, {
      hint: "Give the samples as .npz: X as the model takes it, and y.",
    });
  const first = samples.read(0, { width: picture.columns, height: picture.rows });
  return (await choices.choose(model, first, contentOf[0]!)).preprocessing;
}
