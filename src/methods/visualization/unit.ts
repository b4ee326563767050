import { placesOf, positionsOf, type Layout } from "../../graph/axes/layout.ts";
import { Builder } from "../../graph/builder.ts";
import { typeOf } from "../../graph/graph.ts";
import { coreOperators } from "../../graph/ops/table.ts";
import { ownName } from "../../graph/own-name.ts";
import { prune } from "../../graph/prune.ts";
import { cut } from "../../graph/transform/cut.ts";
import { differentiate } from "../../graph/transform/differentiate.ts";
import { tap } from "../../graph/transform/tap.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { float32, toFloat64, type Tensor } from "../../tensor/tensor.ts";
import type { Network } from "../network.ts";
import { layoutAt } from "../site-layout.ts";

/** A unit: one channel of a site. */
export interface Unit {
  readonly network: Network;
  readonly site: string;
  readonly channel: number;
}

export function checkUnit({ network, site, channel }: Unit): { readonly channels: number; readonly positions: number } {
  const layout = layoutAt(network.graph, network.site(site));
  const { channels } = layout;
  if (!(Number.isInteger(channel) && channel >= 0 && channel < channels)) {
    throw new GlassboxError("option", `${site} has no channel ${channel}`, {
      hint: `It has channels 0 to ${channels - 1}.`,
    });
  }
  return { channels, positions: positionsOf(layout) };
}

const layoutOfUnit = ({ network, site }: Unit): Layout => layoutAt(network.graph, network.site(site));

/** The site's activation of one input. */
export async function activationAt({ network, site }: Unit, input: Tensor): Promise<Tensor> {
  const { value } = network.site(site);
  const program = await network.program(`activation ${value}`, 1, (graph) => tap(graph, [value]));
  return (await program.run(new Map([[network.source.input, input]]))).get(value)!;
}

/** The channel's values, [position], of a site's activation. */
export function channelOf(activation: Tensor, unit: Unit): Float64Array {
  const values = toFloat64(activation);
  return placesOfChannel(unit).map((place) => values[place]!);
}

function placesOfChannel(unit: Unit): Float64Array {
  const { channel, position } = placesOf(layoutOfUnit(unit));
  return Float64Array.from(position, (offset) => offset + channel[unit.channel]!);
}

/** The logits with the channel set to 0 everywhere. It runs only the part of the network after the site. */
export async function logitsWithout(unit: Unit, input: Tensor, activation: Tensor): Promise<Float64Array> {
  const { network, site } = unit;
  const { value } = network.site(site);
  const { logits } = network.source;
  const program = await network.program(`after ${value}`, 1, (graph) => cut(graph, [value], [logits], coreOperators));
  const changed = Float32Array.from(toFloat64(activation));
  for (const place of placesOfChannel(unit)) changed[place] = 0;
  const feeds = new Map(
    [
      [value, float32(activation.shape, changed)],
      [network.source.input, input],
    ].filter(([name]) => program.inputs.has(name as string)) as [string, Tensor][],
  );
  return toFloat64((await program.run(feeds)).get(logits)!);
}

const cotangentName = ownName("cotangent of the logits");
const slopesName = ownName("slopes of the logits");

/**
 * The derivative of every logit with respect to a uniform shift of the channel. This forward-mode derivative is computed
 * as the gradient with respect to v of ⟨∂⟨v, logits⟩/∂activation, direction⟩, which is linear in v.
 */
export async function logitSlopes(unit: Unit, input: Tensor, activation: Tensor): Promise<Float64Array> {
  const { network, site } = unit;
  const { value } = network.site(site);
  const { logits } = network.source;
  const directionName = ownName("direction of the channel");
  const program = await network.program(
    `slopes after ${value}`,
    1,
    (graph) => {
      const b = Builder.extend(cut(graph, [value], [logits], coreOperators), coreOperators);
      b.origin = "slopes";
      const x = b.value(value);
      const out = b.value(logits);
      const v = b.input(cotangentName, out);
      const direction = b.input(directionName, x);
      const [slope] = differentiate(b, [{ of: out, cotangent: v }], [x]);
      if (!slope) throw new GlassboxError("unsupported", `the logits do not depend on ${site}`);
      const along = b.sum(
        b.mul(slope, direction),
        x.shape.map((_, i) => i),
        false,
      );
      const [slopes] = differentiate(b, [{ of: along, cotangent: b.scalar(1, x.dtype) }], [v]);
      return prune(b.finish([b.apply("Identity", [slopes ?? b.zeros(v)], {}, { names: [slopesName] })]), {
        dropInputs: true,
      });
    },
    "light",
  );
  const direction = new Float32Array(sizeOf(activation.shape));
  for (const place of placesOfChannel(unit)) direction[place] = 1;
  const outShape = typeOf(network.graph, logits).shape;
  const all: [string, Tensor][] = [
    [value, activation],
    [network.source.input, input],
    [cotangentName, float32(outShape, new Float32Array(sizeOf(outShape)))],
    [directionName, float32(activation.shape, direction)],
  ];
  const fetched = await program.run(new Map(all.filter(([name]) => program.inputs.has(name))));
  return toFloat64(fetched.get(slopesName)!);
}
