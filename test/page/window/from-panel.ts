/** What a panel's page sends its host. */
export type FromPanel =
  { readonly kind: "message"; readonly message: unknown } | { readonly kind: "state"; readonly state: unknown };
