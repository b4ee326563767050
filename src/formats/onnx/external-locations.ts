import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from "./records.ts";

/** All files that the model's tensors name, in subgraphs and functions as well, each once and sorted. */
export function externalLocations({ graph, functions }: Pick<OnnxModel, "graph" | "functions">): readonly string[] {
  const found = new Set<string>();
  const graphs: OnnxGraph[] = [graph];
  const ofTensor = ({ location }: OnnxTensor): void =>
    void (location.kind === "external" && found.add(location.location));
  const ofAttribute = (attribute: OnnxAttribute): void => {
    if (attribute.kind === "tensor") ofTensor(attribute.value);
    else if (attribute.kind === "tensors") attribute.value.forEach(ofTensor);
    else if (attribute.kind === "graph") graphs.push(attribute.value);
    else if (attribute.kind === "graphs") for (const each of attribute.value) graphs.push(each);
  };
  const ofNode = ({ attributes }: OnnxNode): void => attributes.forEach(ofAttribute);
  for (const { nodes, attributeDefaults } of functions) {
    nodes.forEach(ofNode);
    attributeDefaults.forEach(ofAttribute);
  }
  for (let next = graphs.pop(); next !== undefined; next = graphs.pop()) {
    next.initializers.forEach(ofTensor);
    next.nodes.forEach(ofNode);
  }
  return [...found].sort();
}
