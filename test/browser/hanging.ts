/** Milliseconds after which a wait counts as a hang. Only what is broken waits this long: a machine with all cores busy takes far less. */
export const hanging = 240_000;

/** The same where hundreds of pictures are computed. */
export const hangingWork = 800_000;
