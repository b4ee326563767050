"""The one random stream that Python oracles and TypeScript tests share.

    s <- (1664525 s + 1013904223) mod 2^32          (Numerical Recipes, "quick and dirty")

The first draw is the state *after* one step from the seed. In TypeScript:
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0
Only the high bits are used, because the low ones have short periods:
    sign     s < 2^31 ? -1 : +1
    index    floor(s * n / 2^32)                      (exact in a double while n < 2^21)
    uniform  s / 2^32, in [0, 1), exact in a double
    normal   (u1 + ... + u12) - 6, added left to right: exact (each u has 32 bits), variance 1, |z| < 6
"""

import numpy as np

MULTIPLIER, INCREMENT, MASK = 1664525, 1013904223, 0xFFFFFFFF


class Lcg:
    def __init__(self, seed: int):
        self.state = seed & MASK

    def draws(self, count: int) -> np.ndarray:
        """The next `count` states as uint64, by doubling: s[k+i] = A_k s[i] + C_k, where k steps compose to (A_k, C_k)."""
        states = np.empty(count, dtype=np.uint64)
        if count == 0:
            return states
        states[0] = (MULTIPLIER * self.state + INCREMENT) & MASK
        a, c, have = MULTIPLIER, INCREMENT, 1
        while have < count:
            take = min(have, count - have)
            states[have : have + take] = (states[:take] * np.uint64(a) + np.uint64(c)) & np.uint64(MASK)
            a, c, have = (a * a) & MASK, (a * c + c) & MASK, have + take
        self.state = int(states[-1])
        return states

    def signs(self, count: int) -> np.ndarray:
        return np.where(self.draws(count) < 2**31, -1.0, 1.0)

    def indices(self, count: int, n: int) -> np.ndarray:
        return (self.draws(count) * np.uint64(n) >> np.uint64(32)).astype(np.int64)

    def uniforms(self, count: int) -> np.ndarray:
        return self.draws(count).astype(np.float64) / 2.0**32

    def normals(self, count: int) -> np.ndarray:
        return self.uniforms(12 * count).reshape(count, 12).sum(axis=1) - 6.0
