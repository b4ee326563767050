/** What each method computes, as its paper writes it; a method without an entry is told by its summary alone. */
export const formulas: Readonly<Record<string, string>> = {
  prediction: "pᵢ = exp(zᵢ) / Σⱼ exp(zⱼ)",
  gradient: "aᵢ = ∂F(x)/∂xᵢ",
  "input-gradient": "aᵢ = xᵢ · ∂F(x)/∂xᵢ",
  smoothgrad: "aᵢ = 1/n Σₖ ∂F(x + εₖ)/∂xᵢ, εₖ ∼ N(0, σ²)",
  "integrated-gradients": "aᵢ = (xᵢ − x′ᵢ) ∫₀¹ ∂F(x′ + α(x − x′))/∂xᵢ dα",
  "grad-cam": "map = ReLU(Σₖ αₖ Aᵏ), αₖ = 1/Z Σᵢⱼ ∂F/∂Aᵏᵢⱼ",
  "guided-backprop": "backward through each ReLU: Rˡ = 1[x > 0] · 1[Rˡ⁺¹ > 0] · Rˡ⁺¹",
  deconvnet: "backward through each ReLU: Rˡ = 1[Rˡ⁺¹ > 0] · Rˡ⁺¹",
};
