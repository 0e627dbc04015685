import { SignInCard } from "./sign-in-card.js";

/** The login page. Somebody who was here before finds the Log in tab open. */
export function SignIn({ ended, knownHere }: { ended: "expired" | "revoked" | null; knownHere: boolean }) {
  return (
    <div className="entrance">
      <title>Parlance</title>
      <SignInCard first={ended !== null || knownHere ? "log-in" : "register"} ended={ended} />
    </div>
  );
}
