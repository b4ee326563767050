import { activationKernels } from "./kernels/activation.ts";
import { convolutionKernels } from "./kernels/convolution.ts";
import { elementwiseKernels } from "./kernels/elementwise.ts";
import { movementKernels } from "./kernels/movement.ts";
import { normalizationKernels } from "./kernels/normalization.ts";
import { poolingKernels } from "./kernels/pooling.ts";
import { productKernels } from "./kernels/product.ts";
import { reductionKernels } from "./kernels/reduction.ts";
import { resizeKernels } from "./kernels/resize.ts";
import { softmaxKernels } from "./kernels/softmax.ts";
import type { Kernel } from "./kernel.ts";

/**
 * The operators that TensorFlow.js runs itself. The rest of the core (scattering, integers and bit operations, recurrent
 * layers, sampling at arbitrary coordinates) runs by its reference laws.
 */
export const kernels: ReadonlyMap<string, Kernel> = new Map(
  [
    ...elementwiseKernels,
    ...activationKernels,
    ...convolutionKernels,
    ...poolingKernels,
    ...productKernels,
    ...reductionKernels,
    ...softmaxKernels,
    ...movementKernels,
    ...normalizationKernels,
    ...resizeKernels,
  ].map((kernel) => [kernel.op, kernel]),
);
