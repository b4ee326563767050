/**
 * Whether a path that a document names is on this machine. On Windows a look at `\\host\share` already signs in at a stranger's
 * server, and `\\.\` and `\\?\` name devices; a document can be anyone's, so such paths are never looked at.
 */
export const isLocalPath = (name: string): boolean => !/^[\\/]{2}/.test(name) && !name.includes("\0");
