"""Peer: scikit-learn's logistic regression by newton-cholesky, on a table that bench/probing.ts wrote. Answers one line a request.

    python bench/peers/sklearn_logistic.py <folder>      x.npy [row, column], y0.npy, y1.npy [row] lie in the folder

First {"version"}; then for each line `<label> <tol>`, `0 1e-4` say: {"ms", "cpuMs"}, and the coefficients go to w<label>.npy.
"""

import json
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

folder = sys.argv[1]
x = np.load(f"{folder}/x.npy")
labels = [np.load(f"{folder}/y{i}.npy") for i in range(2)]
warnings.filterwarnings("ignore")
print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    label, tol = line.split()
    model = LogisticRegression(C=1.0, solver="newton-cholesky", tol=float(tol), max_iter=100)
    cpu, wall = time.process_time(), time.perf_counter()
    model.fit(x, labels[int(label)])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    np.save(f"{folder}/w{label}.npy", model.coef_[0])
    print(json.dumps({"ms": 1000 * wall, "cpuMs": 1000 * cpu}), flush=True)
