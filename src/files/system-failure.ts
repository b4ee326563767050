import path from "node:path";
import { GlassboxError, type ErrorKind } from "../tensor/errors.ts";

interface Reason {
  readonly kind: ErrorKind;
  /** Why, and what helps. */
  readonly hint: string;
}

const file = (hint: string): Reason => ({ kind: "file", hint });
const resource = (hint: string): Reason => ({ kind: "resource", hint });
const noPermission = file("You have no permission: change the permissions, or choose another place.");
const tooManyOpen = resource("Too many files are open: raise the limit with ulimit -n, or close other programs.");

/** What the system's error codes mean to a person. */
const reasons: Readonly<Record<string, Reason>> = {
  ENOENT: file("There is no such file."),
  ENOTDIR: file("A part of its path is not a folder."),
  EISDIR: file("It is a folder: name a file instead."),
  EACCES: noPermission,
  EPERM: noPermission,
  EROFS: file("The file system is read-only: choose another place."),
  ENOSPC: resource("The disk is full: free some space, then run it again."),
  EDQUOT: resource("Your disk quota is used up: free some space, then run it again."),
  EFBIG: resource("The file system holds no file of this size: choose another place."),
  EMFILE: tooManyOpen,
  ENFILE: tooManyOpen,
  ENOMEM: resource("There is not enough memory: close other programs, then run it again."),
  ELOOP: file("Its links lead in a circle: remove one of them."),
  ENAMETOOLONG: file("Its name is too long: choose a shorter one."),
  EIO: file("The disk reports an error, and may be failing: copy what you need from it."),
  ENXIO: file("It is a pipe or a socket: name a regular file instead."),
  EBUSY: file("Another program uses it: close that program, then run it again."),
};

/** What the system refused, as a sentence. */
class SystemFailure extends GlassboxError {
  /** The system's code, such as ENOENT. */
  readonly code: string;

  constructor(code: string, doing: "read" | "written", where: string | undefined) {
    const { kind, hint } = reasons[code] ?? file(`The system says: ${code}.`);
    super(kind, `${where === undefined ? "a file" : path.basename(where)} cannot be ${doing}`, { where, hint });
    this.code = code;
  }
}

/** The code of an error of the system, such as ENOENT; undefined for every other error. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof SystemFailure) return error.code;
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether the error says that there is no such file. */
export const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "");

/**
 * An error of the system as a sentence. Every other error is returned as it is: it has a sentence already, or is a defect.
 * @param where the file that was meant; by default the one that the error names
 */
export function systemFailure(error: unknown, doing: "read" | "written" = "read", where = pathOf(error)): unknown {
  const code = error instanceof GlassboxError ? undefined : systemCode(error);
  return code === undefined ? error : new SystemFailure(code, doing, where);
}

const pathOf = (error: unknown): string | undefined =>
  error instanceof Error && "path" in error && typeof error.path === "string" ? error.path : undefined;
