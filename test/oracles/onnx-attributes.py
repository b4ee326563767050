"""Which attributes each operator of ONNX has in each version, by the onnx package, as src/formats/onnx/operator-attributes.ts.

One line for each operator, with its versions and their attributes. A version whose attributes are those of the
version before it is left out. Usage: python onnx-attributes.py > ../../src/formats/onnx/operator-attributes.ts
"""

import onnx
from onnx import defs

KINDS = {
    "FLOAT": "float",
    "INT": "int",
    "STRING": "string",
    "TENSOR": "tensor",
    "GRAPH": "graph",
    "SPARSE_TENSOR": "sparse",
    "TYPE_PROTO": "type",
    "FLOATS": "floats",
    "INTS": "ints",
    "STRINGS": "strings",
    "TENSORS": "tensors",
    "GRAPHS": "graphs",
    "TYPE_PROTOS": "types",
}

versions = {}
for schema in defs.get_all_schemas_with_history():
    if schema.domain == "":
        words = " ".join(f"{name}:{KINDS[a.type.name]}" for name, a in sorted(schema.attributes.items()))
        versions.setdefault(schema.name, {})[schema.since_version] = words

print(
    f"""/**
 * The attributes of every operator of ONNX, a line each, by the version of the operator set that changed them: after each `|` the
 * version, and `name:kind` for every attribute. Made by test/oracles/onnx-attributes.py from the standard's own definitions
 * (onnx {onnx.__version__}); not written by hand.
 */
export const OPERATOR_ATTRIBUTES = `"""
)
for name, of in sorted(versions.items()):
    line, last = [name], None
    for since, words in sorted(of.items()):
        if words != last:
            line.append(f"{since} {words}".strip())
        last = words
    print(" | ".join(line))
print("`;")
