import type { accountsEndpoints } from "../../protocol/endpoints/accounts.js";
import type { ExamplesOf } from "./example.js";
import { accessToken, ines, me, ravi } from "./samples.js";

const signedIn = { user: me, accessToken, expiresInMs: 900_000 };

export const accountsExamples: ExamplesOf<keyof typeof accountsEndpoints> = {
  register: {
    bodies: {
      "An account": {
        username: "ines",
        password: "correct horse battery staple",
        displayName: "Ines Okafor",
        email: "ines@harbour.example",
      },
      "As little as it takes": { username: "ines", password: "correct horse battery staple" },
    },
    answers: { 201: signedIn },
  },
  login: {
    bodies: { "By password": { username: "ines", password: "correct horse battery staple" } },
    answers: { 200: signedIn },
  },
  refresh: { answers: { 200: signedIn } },
  logout: { answers: {} },
  listSessions: {
    answers: {
      200: {
        sessions: [
          {
            id: "6920a1f27c1e4b0d2f8a3c02",
            createdAt: "2026-11-20T08:15:02.410Z",
            lastUsedAt: "2026-11-21T05:29:55.001Z",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0",
            current: true,
          },
        ],
      },
    },
  },
  endSession: { answers: {} },
  getMe: { answers: { 200: me } },
  updateMe: {
    bodies: {
      "Another name": { displayName: "Ines O." },
      "No e-mail address, other preferences": { email: null, preferences: { theme: "dark", "sound.volume": 3 } },
    },
    answers: { 200: me },
  },
  changePassword: {
    bodies: { "A new one": { current: "correct horse battery staple", next: "seven gulls over the quay" } },
    answers: {},
  },
  listUsers: { answers: { 200: { users: [ines, ravi] } } },
  getUser: { answers: { 200: ravi } },
};
