import { checkUnit, type Unit } from "../../methods/visualization/unit.ts";
import type { UnitParams } from "../../protocol/visualization.ts";
import type { OpenNetwork } from "../models/open-network.ts";
import type { EngineServices } from "../services.ts";

export interface OpenUnit {
  readonly model: OpenNetwork;
  readonly unit: Unit;
  /** The size of the site's grid. */
  readonly positions: number;
}

/** Opens the model of a unit. Throws if the model has no such unit. */
export async function openUnit(
  { models }: EngineServices,
  { model: file, site, channel }: Pick<UnitParams, "model" | "site" | "channel">,
): Promise<OpenUnit> {
  const model = await models.network(file);
  const unit = { network: model.network, site, channel };
  return { model, unit, positions: checkUnit(unit).positions };
}
