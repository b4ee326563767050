import { ResponseError, type CancellationToken, type MessageConnection } from "vscode-jsonrpc";
import { openModel, type Failure } from "../../src/protocol/engine.ts";
import type { NetworkCard } from "../../src/protocol/model.ts";

/** Opens a network of pictures or tensors; a language model is refused with a sentence. */
export async function openNetwork(
  connection: MessageConnection,
  model: string,
  token?: CancellationToken,
): Promise<NetworkCard> {
  const card = await connection.sendRequest(openModel, { model }, token);
  if (card.kind === "network") return card;
  throw new ResponseError<Failure>(0, "a language model", {
    kind: "unsupported",
    what: `${card.name} is a language model, and this panel shows networks of pictures`,
    where: undefined,
    hint: "Open it in the text workbench.",
  });
}
