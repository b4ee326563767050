import type { Sniffer } from "../candidate.ts";

/** OpenVINO's intermediate representation: a net of layers in XML, its weights in a .bin of the same name. */
export const sniffOpenVino: Sniffer = ({ latin }) =>
  /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?<net\s[^>]*\bversion="\d+"/.test(latin);
