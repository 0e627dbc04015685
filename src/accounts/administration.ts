/** What whoever runs the server may do with accounts, without being asked for anybody's password. */
import { z } from "zod";
import type { Body } from "../protocol/endpoints/index.js";
import { ChatError } from "../protocol/errors.js";
import { newPassword } from "../protocol/scalars.js";
import { parse } from "../protocol/parse.js";
import type { Me } from "../protocol/shapes.js";
import { hasPassword, refuseGuessable, type Passwords } from "./credentials/passwords.js";
import type { Sessions } from "./sessions.js";
import type { StoredUser, UserModel } from "./user-model.js";

export interface AdministrationDeps {
  users: UserModel;
  sessions: Pick<Sessions, "endAll">;
  passwords: Passwords;
  /** whatever REGISTRATION says */
  register: (body: Body<"register">, clientId: string | null) => Promise<StoredUser>;
  now: () => number;
}

export type Administration = ReturnType<typeof createAdministration>;

const passwordSchema = z.object({ password: newPassword });

/** The actions behind `npm run admin -- user …`. Names are compared without case. */
export function createAdministration({ users, sessions, passwords, register, now }: AdministrationDeps) {
  async function find(name: string): Promise<StoredUser> {
    const user = await users.findOne({ username: name.toLowerCase() }).lean();
    if (user === null) throw new ChatError("not_found", `There is no account named ${name}. "user list" shows all.`);
    return user;
  }

  return {
    /** The very first account is an admin in any case. @throws ChatError as a registration does */
    async create(body: Body<"register">, role: Me["role"]): Promise<StoredUser> {
      const user = await register(body, null);
      if (role === "member" || user.role === "admin") return user;
      await users.updateOne({ _id: user._id }, { $set: { role } });
      return { ...user, role };
    },

    /**
     * Sets a password without the old one, and ends all the user's sessions.
     *
     * @returns how many there were
     * @throws ChatError `not_found`, `invalid_request`
     */
    async setPassword(name: string, password: string): Promise<number> {
      const user = await find(name);
      parse(passwordSchema, { password });
      refuseGuessable(password, user.username, "password");
      await users.updateOne({ _id: user._id }, { $set: { passwordHash: await passwords.hash(password) } });
      return await sessions.endAll(user._id);
    },

    /** @returns whether that changes anything. @throws ChatError `not_found` */
    async setRole(name: string, role: Me["role"]): Promise<boolean> {
      const user = await find(name);
      await users.updateOne({ _id: user._id }, { $set: { role } });
      return user.role !== role;
    },

    /**
     * Keeps the user out until `reactivate`: no login, no session. Rooms and messages stay as they are.
     *
     * @returns how many sessions that ended
     * @throws ChatError `not_found`
     */
    async deactivate(name: string): Promise<number> {
      const user = await find(name);
      if (user.deactivatedAt === undefined)
        await users.updateOne({ _id: user._id }, { $set: { deactivatedAt: new Date(now()) } });
      return await sessions.endAll(user._id);
    },

    /** @returns whether that changes anything. @throws ChatError `not_found` */
    async reactivate(name: string): Promise<boolean> {
      const user = await find(name);
      await users.updateOne({ _id: user._id }, { $unset: { deactivatedAt: 1 } });
      return user.deactivatedAt !== undefined;
    },

    /** Admins who can log in. */
    async activeAdmins(): Promise<number> {
      const admins = await users.find({ role: "admin", deactivatedAt: null }).lean();
      return admins.filter(({ passwordHash }) => hasPassword(passwordHash)).length;
    },

    /** Everybody, by name, one after the other. */
    list: (): AsyncIterable<StoredUser> => users.find().sort({ username: 1 }).lean().cursor(),
  };
}
