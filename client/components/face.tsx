import type { Presence, User } from "../../src/protocol/shapes.js";

const HUES = 8;

/** Which of the eight face colours a user has: the same everywhere, whatever their name is today. */
function hueOf(userId: string): number {
  let sum = 0;
  for (const character of userId) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
  return sum % HUES;
}

/** A user's initial on their colour. It says nothing that does not also stand beside it, so it is not read out. */
export function Face({
  user,
  status,
  small = false,
}: {
  user: Pick<User, "id" | "displayName"> | undefined;
  status?: Presence["status"] | undefined;
  small?: boolean;
}) {
  const name = user?.displayName ?? "?";
  // "__ace__" is an A; a name of signs alone begins with its first one.
  const [initial = "?"] = /[\p{Letter}\p{Number}].*/su.exec(name)?.[0] ?? name;
  return (
    <span className={small ? "face s" : "face"} data-hue={hueOf(user?.id ?? "")} aria-hidden="true">
      {initial.toUpperCase()}
      {status !== undefined && <i data-status={status} />}
    </span>
  );
}
