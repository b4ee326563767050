import type { OnnxNode } from "./records.ts";

export interface ModuleScope {
  /** Paths of the modules around an operation, outermost first, without the model itself. */
  readonly modules: readonly string[];
  readonly operation: string;
}

/** Which module of the exported program a node belongs to, where the exporter says so. */
export const scopeOf = (node: OnnxNode): ModuleScope | undefined => fromNameScopes(node) ?? fromNodeName(node);

/**
 * PyTorch's dynamo exporter writes `['', '_blocks.0', '_blocks.0._bn1', 'operation']`, a Python list:
 * full paths, then the operation's own name.
 */
function fromNameScopes(node: OnnxNode): ModuleScope | undefined {
  const written = node.metadata.get("pkg.torch.onnx.name_scopes");
  if (written === undefined) return undefined;
  const entries = [...written.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );
  const operation = entries.pop();
  if (!operation) return undefined;
  return { modules: entries.filter((path) => path !== ""), operation };
}

/** The older exporter names nodes `/layer1/layer1.0/conv1/Conv`: each part under the one before it. */
function fromNodeName({ name, opType }: OnnxNode): ModuleScope | undefined {
  const parts = name.split("/");
  const operation = parts.pop() ?? "";
  if (parts.length === 0 || parts[0] !== "" || !operation.startsWith(opType)) return undefined;
  const modules: string[] = [];
  parts.slice(1).forEach((part, i) => {
    const around = modules.at(-1);
    const before = parts[i]!;
    // A Sequential's child repeats its parent's own name: `/layer1/layer1.0` is layer1.0.
    const repeats = around !== undefined && part.startsWith(`${before}.`);
    modules.push(around === undefined ? part : repeats ? `${around}${part.slice(before.length)}` : `${around}.${part}`);
  });
  return { modules, operation };
}
