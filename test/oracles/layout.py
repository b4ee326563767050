"""The fuzzy graph and the closeness curve of UMAP, by umap-learn.

    python test/oracles/layout.py       (needs umap-learn, scikit-learn, numpy)

layout.json: {"umap": version, "neighbours", "graphs": {metric: {"edges", "sum", "rows": {point: [[other, weight], …]}}} of
tables/wine.csv (178 x 13, unscaled; sum over all directed edges, rows of some points), "closeness": [{"minimum", "spread",
"a", "b"}]}
"""

import json
from pathlib import Path

import numpy as np
import umap
from sklearn.metrics import pairwise_distances
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

HERE = Path(__file__).resolve().parent
K = 15

table = np.loadtxt(HERE / "tables" / "wine.csv", delimiter=",", skiprows=1)[:, :-1]
graphs = {}
for metric in ["euclidean", "cosine"]:
    far = pairwise_distances(table, metric=metric)
    np.fill_diagonal(far, 0)
    indices = np.argsort(far, axis=1, kind="stable")[:, :K]
    near = np.take_along_axis(far, indices, axis=1)
    graph, _, _ = fuzzy_simplicial_set(
        table, K, np.random.RandomState(0), metric, knn_indices=indices, knn_dists=near.astype(np.float32)
    )
    graph = graph.tocsr()
    rows = {}
    for point in range(0, len(table), 30):
        row = graph[point]
        rows[point] = [[int(j), round(float(w), 8)] for j, w in sorted(zip(row.indices, row.data)) if w > 0]
    graphs[metric] = {"edges": int((graph.data > 0).sum()), "sum": float(graph.data.astype(float).sum()), "rows": rows}

closeness = []
for minimum, spread in [(0.1, 1.0), (0.05, 1.0), (0.01, 1.0), (0.5, 1.0), (0.25, 2.0)]:
    a, b = find_ab_params(spread, minimum)
    closeness.append({"minimum": minimum, "spread": spread, "a": float(a), "b": float(b)})

record = {"umap": umap.__version__, "neighbours": K, "graphs": graphs, "closeness": closeness}
(HERE / "layout.json").write_text(json.dumps(record) + "\n")
