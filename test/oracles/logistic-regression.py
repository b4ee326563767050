"""L2-regularised logistic regression by scikit-learn's newton-cholesky at tol 1e-13: the optimum to about 1e-12.

    python test/oracles/logistic-regression.py         (needs scikit-learn, numpy)

Objective: C sum_i s_i l(y_i, x_i W + b) + |W|^2 / 2, the intercept unpenalised; s_i = n / (K count_k) when balanced, else 1.
Binary: one vector, l = log(1 + e^z) - y z. Three classes or more: softmax, one row of W per class.

Tables:
    generated   {"generator": {seed, rows, features, classes}}: made from one stream of lcg.py, in this order:
                X   rows x features normals, row by row (each the sum of twelve uniforms, minus 6)
                V   classes x features normals for K >= 3, 1 x features for K = 2
                E   rows x classes uniforms for K >= 3, rows x 1 for K = 2
                score[i, k] = sum_j X[i, j] V[k, j] added for j = 0, 1, ..., then + 4 (E[i, k] - 0.5)
                label = first argmax of the scores; for K = 2, score > 0.5 ? 1 : 0.
                `labels` repeats the result as a string of digits.
    files       {"file": "tables/NAME.csv"}: scikit-learn's bundled UCI tables (CC BY 4.0), a header line, the class last.

A feature table is used as it is, or standardised with the mean and the population deviation (ddof 0); a constant column is
divided by 1. "scaled16" divides by 16.

logistic-regression.json: {"sklearn", "tables": {id: …}, "fits": [{"table", "features": "raw" | "standardised" | "scaled16",
"C", "balanced", "classes", "objective", "coefficients" (rows of W), "intercepts", "gradientNorm" (of the objective above, at
scikit-learn's answer), "accuracy", "balancedAccuracy", "logLoss", "auroc", "brier" (binary only, else null)}], "folds": […]};
all scores are on the training rows. Multinomial intercepts are recentred to sum 0 (the objective does not fix their sum).
"folds": fold = row index mod 5, the scaler fitted on the training rows, accuracy on the held-out ones.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from scipy.special import expit, log_softmax, logsumexp
from sklearn import datasets, metrics
from sklearn.linear_model import LogisticRegression

from lcg import Lcg

HERE = Path(__file__).resolve().parent
TABLES = HERE / "tables"


def generate(seed, rows, features, classes):
    stream = Lcg(seed)
    outputs = 1 if classes == 2 else classes
    x = stream.normals(rows * features).reshape(rows, features)
    v = stream.normals(outputs * features).reshape(outputs, features)
    e = stream.uniforms(rows * outputs).reshape(rows, outputs)
    score = np.zeros((rows, outputs))
    for j in range(features):
        score = score + x[:, j : j + 1] * v[None, :, j]
    score = score + 4 * (e - 0.5)
    return x, (score[:, 0] > 0.5).astype(int) if classes == 2 else score.argmax(axis=1)


def bundled(name):
    data = getattr(datasets, f"load_{name}")()
    x, y = data.data.astype(np.float64), data.target
    TABLES.mkdir(exist_ok=True)
    names = [str(n).replace(" ", "_") for n in data.feature_names]
    lines = [",".join([*names, "class"])]
    lines += [",".join([*(repr(float(v)).removesuffix(".0") for v in row), str(int(c))]) for row, c in zip(x, y)]
    (TABLES / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return x, y


def prepare(x, features, fit_on=None):
    fit_on = x if fit_on is None else fit_on
    if features == "raw":
        return x
    if features == "scaled16":
        return x / 16
    deviation = fit_on.std(axis=0)
    return (x - fit_on.mean(axis=0)) / np.where(deviation == 0, 1, deviation)


def weights(y, balanced):
    counts = np.bincount(y)
    return (len(y) / (len(counts) * counts))[y] if balanced else np.ones(len(y))


def objective(x, y, s, c, w, b):
    """Value and gradient norm of the objective in the docstring."""
    z = x @ w.T + b
    if len(w) == 1:
        z = z[:, 0]
        loss = np.logaddexp(0, z) - y * z
        residual = (expit(z) - y)[:, None]
    else:
        loss = logsumexp(z, axis=1) - z[np.arange(len(y)), y]
        residual = np.exp(log_softmax(z, axis=1)) - np.eye(len(w))[y]
    residual = c * residual * s[:, None]
    gradient = np.concatenate([(residual.T @ x + w).reshape(-1), residual.sum(axis=0)])
    return float(c * (s * loss).sum() + 0.5 * (w * w).sum()), float(np.linalg.norm(gradient))


def polish(x, y, s, c, w, b):
    """Exact Newton steps to the optimum of the same objective, from scikit-learn's answer: says how far it had stopped short."""
    k, d = len(w), x.shape[1]
    xb = np.column_stack([x, np.ones(len(y))])
    theta = np.column_stack([w, b])
    penalty = np.tile(np.append(np.ones(d), 0.0), k)
    for _ in range(4):
        z = xb @ theta.T
        p = expit(z) if k == 1 else np.exp(log_softmax(z, axis=1))
        target = y[:, None] if k == 1 else np.eye(k)[y]
        gradient = (c * (p - target) * s[:, None]).T @ xb
        gradient[:, :d] += theta[:, :d]
        hessian = np.zeros((k, d + 1, k, d + 1))
        for i in range(k):
            for j in range(k):
                curvature = c * s * p[:, i] * ((i == j) - p[:, j])
                hessian[i, :, j, :] = (xb * curvature[:, None]).T @ xb
        hessian = hessian.reshape(k * (d + 1), -1) + np.diag(penalty)
        theta = theta - np.linalg.lstsq(hessian, gradient.reshape(-1), rcond=1e-13)[0].reshape(k, d + 1)
    return theta[:, :d], theta[:, d]


def fit(x, y, c, balanced):
    model = LogisticRegression(C=c, solver="newton-cholesky", tol=1e-13, max_iter=500,
                               class_weight="balanced" if balanced else None)
    model.fit(x, y)
    intercepts = model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0)
    return model, model.coef_, intercepts


def scores(model, x, y):
    probability = model.predict_proba(x)
    binary = probability.shape[1] == 2
    return {
        "accuracy": float(metrics.accuracy_score(y, model.predict(x))),
        "balancedAccuracy": float(metrics.balanced_accuracy_score(y, model.predict(x))),
        "logLoss": float(metrics.log_loss(y, probability, labels=list(range(probability.shape[1])))),
        "auroc": float(metrics.roc_auc_score(y, probability[:, 1])) if binary else None,
        "brier": float(np.mean((probability[:, 1] - y) ** 2)) if binary else None,
    }


GENERATED = {
    "binary": dict(seed=11, rows=200, features=6, classes=2),
    "wide": dict(seed=12, rows=40, features=64, classes=2),
    "multinomial": dict(seed=13, rows=240, features=5, classes=4),
}
FITS = [
    *(("binary", "raw", c, False) for c in (0.01, 1.0, 100.0)), ("binary", "raw", 1.0, True),
    ("wide", "raw", 1.0, False), ("wide", "raw", 0.01, False),
    *(("multinomial", "raw", c, False) for c in (0.01, 1.0, 100.0)), ("multinomial", "raw", 1.0, True),
    *(("breast_cancer", "standardised", c, False) for c in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)),
    ("breast_cancer", "standardised", 1.0, True),
    ("iris", "standardised", 1.0, False), ("wine", "standardised", 1.0, False), ("digits", "scaled16", 1.0, False),
]


def main():
    tables, described = {}, {}
    for name, recipe in GENERATED.items():
        tables[name] = generate(**recipe)
        described[name] = {"generator": recipe, "labels": "".join(map(str, tables[name][1])), "firstRow": tables[name][0][0].tolist()}
    for name in ("breast_cancer", "iris", "wine", "digits"):
        tables[name] = bundled(name)
        described[name] = {"file": f"tables/{name}.csv"}

    fits = []
    for name, features, c, balanced in FITS:
        x, y = prepare(tables[name][0], features), tables[name][1]
        model, w, b = fit(x, y, c, balanced)
        s = weights(y, balanced)
        value, norm = objective(x, y, s, c, w, b)
        better_w, better_b = polish(x, y, s, c, w, b)
        short = max(np.abs(better_w - w).max(), np.abs(better_b - b).max()) if len(w) == 1 else np.abs(better_w - w).max()
        assert short < 1e-8, (name, c, short)
        fits.append({"table": name, "features": features, "C": c, "balanced": balanced, "classes": int(y.max()) + 1,
                     "objective": value, "coefficients": w.tolist(), "intercepts": b.tolist(), "gradientNorm": norm,
                     "distanceToOptimum": float(short), **scores(model, x, y)})
        print(name, features, c, balanced, f"objective {value:.10f} w0 {w[0, 0]:.10f} b {b[0]:.10f} |g| {norm:.1e} short {short:.1e}",
              {k: round(v, 6) for k, v in scores(model, x, y).items() if v is not None})

    x, y = tables["breast_cancer"]
    fold = np.arange(len(y)) % 5
    held_out, pooled = [], np.zeros(len(y))
    for k in range(5):
        train, test = fold != k, fold == k
        model, _, _ = fit(prepare(x[train], "standardised"), y[train], 1.0, False)
        z = prepare(x[test], "standardised", x[train])
        pooled[test] = model.predict_proba(z)[:, 1]
        held_out.append(float(model.score(z, y[test])))
    folds = [{"table": "breast_cancer", "features": "standardised", "C": 1.0, "folds": 5, "accuracy": held_out,
              "pooledAuroc": float(metrics.roc_auc_score(y, pooled)), "pooledBrier": float(np.mean((pooled - y) ** 2))}]
    print(folds)
    record = {"sklearn": sklearn.__version__, "tables": described, "fits": fits, "folds": folds}
    (HERE / "logistic-regression.json").write_text(json.dumps(record, separators=(",", ":")).replace('{"table"', '\n{"table"') + "\n")


if __name__ == "__main__":
    main()
