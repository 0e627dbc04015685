/** Dialogs: the focus is held inside and given back, Esc closes the topmost. Ariakit does the work; nothing else imports it. */
import { Dialog as AriakitDialog, DialogDismiss, DialogHeading } from "@ariakit/react";
import { X } from "lucide-react";
import type { ReactNode, RefObject } from "react";
import { useFocusAfterUnmount } from "../hooks/use-focus.js";

/** A modal dialog that is open as long as it is rendered. */
export function Dialog({
  title,
  onClose,
  large = false,
  closable = true,
  initialFocus,
  focusReturns = () => true,
  children,
}: {
  title: string;
  onClose: () => void;
  large?: boolean;
  /** false: neither Esc nor a click outside closes it */
  closable?: boolean;
  initialFocus?: RefObject<HTMLElement | null>;
  /** asked when it closes: false when what the dialog did has put the focus elsewhere */
  focusReturns?: () => boolean;
  children: ReactNode;
}) {
  useFocusAfterUnmount();
  return (
    <AriakitDialog
      open
      onClose={onClose}
      backdrop={<div className="backdrop" />}
      autoFocusOnHide={focusReturns}
      hideOnEscape={closable}
      hideOnInteractOutside={closable}
      className={large ? "dialog large" : "dialog"}
      {...(initialFocus && { initialFocus })}
    >
      <header>
        <DialogHeading>{title}</DialogHeading>
        {closable && (
          <DialogDismiss className="tool" aria-label="Close">
            <X size={18} aria-hidden="true" />
          </DialogDismiss>
        )}
      </header>
      {children}
    </AriakitDialog>
  );
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  busy = false,
  error,
  focusReturns = () => true,
  onConfirm,
  onClose,
}: {
  title: string;
  children: ReactNode;
  confirm: string;
  busy?: boolean;
  error?: string | null | undefined;
  focusReturns?: () => boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog title={title} onClose={onClose} focusReturns={focusReturns}>
      <div className="lead">{children}</div>
      <p className="note bad" role="alert">
        {error}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button type="button" className="button danger" disabled={busy} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
