/** Page life: what a browser says of the network and of whether anybody looks. The window comes as an argument: no DOM types. */
import type { ClientNetwork } from "../options.js";

interface Target {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

/** As much of a window as is needed. */
export interface PageWindow extends Target {
  document: Target & { readonly visibilityState: string };
}

/** A page that comes back from the browser's memory (`pageshow`) counts as one that is looked at again. */
export function createBrowserNetwork(page: PageWindow): ClientNetwork {
  return {
    subscribe(listener) {
      const online = () => listener("online");
      const offline = () => listener("offline");
      const visible = () => {
        if (page.document.visibilityState === "visible") listener("visible");
      };
      page.addEventListener("online", online);
      page.addEventListener("offline", offline);
      page.addEventListener("pageshow", visible);
      page.document.addEventListener("visibilitychange", visible);
      return () => {
        page.removeEventListener("online", online);
        page.removeEventListener("offline", offline);
        page.removeEventListener("pageshow", visible);
        page.document.removeEventListener("visibilitychange", visible);
      };
    },
  };
}
