/** A small fast generator (Marsaglia's xorshift, 32 bits): the same seed gives the same run everywhere. */
export function seededRandom(seed: number): (below: number) => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Bytes that end a length, a sign or a magic number's luck. */
const interesting = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

/**
 * A damaged copy of `bytes`: one to eight bit flips, overwrites, insertions, deletions, copied spans,
 * runs of 0xff (as lengths: "everything") or cuts. Deterministic in `seed`.
 */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  let out = new Uint8Array(bytes);
  for (let count = 1 + random(8); count > 0 && out.length > 0; count--) {
    const at = random(out.length);
    const span = Math.min(1 + random(16), out.length - at);
    switch (random(8)) {
      case 0:
        out[at]! ^= 1 << random(8);
        break;
      case 1:
        out[at] = random(256);
        break;
      case 2:
        out[at] = interesting[random(interesting.length)]!;
        break;
      case 3:
        out = splice(
          out,
          at,
          0,
          Uint8Array.from({ length: span }, () => random(256)),
        );
        break;
      case 4:
        out = splice(out, at, span, new Uint8Array(0));
        break;
      case 5:
        out = splice(out, at, 0, out.slice(at, at + span));
        break;
      case 6:
        out.fill(0xff, at, at + Math.min(span, 10));
        break;
      default:
        if (random(8) === 0) out = out.slice(0, at);
        else out[at]! += 1;
    }
  }
  return out;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length - remove + insert.length);
  out.set(bytes.subarray(0, at));
  out.set(insert, at);
  out.set(bytes.subarray(at + remove), at + insert.length);
  return out;
}

/** How many mutations a test tries: few in the suite, `GLASSBOX_FUZZ=100000` for a long run. */
export const fuzzRuns = (usual: number): number => Number(process.env.GLASSBOX_FUZZ ?? usual);
