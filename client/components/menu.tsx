/** Menus behind a button, with keyboard and focus as the ARIA practices say. Ariakit does the work. */
import {
  Menu as AriakitMenu,
  MenuButton,
  MenuItem as AriakitMenuItem,
  MenuItemRadio,
  MenuProvider,
} from "@ariakit/react";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

/** A button and the menu it opens. `children` are MenuItem, MenuChoice and <hr />. */
export function Menu({
  label,
  button,
  className = "tool",
  placement = "bottom-end",
  wordy = false,
  children,
}: {
  /** the menu's name, and the button's where it shows no words */
  label: string;
  wordy?: boolean;
  button: ReactNode;
  className?: string;
  placement?: "bottom-end" | "top-start";
  children: ReactNode;
}) {
  return (
    <MenuProvider placement={placement}>
      <MenuButton className={className} aria-label={wordy ? undefined : label}>
        {button}
      </MenuButton>
      <AriakitMenu className="menu" fixed portal={false} gutter={6} unmountOnHide aria-label={label}>
        {children}
      </AriakitMenu>
    </MenuProvider>
  );
}

export function MenuItem({
  icon,
  danger = false,
  onSelect,
  children,
}: {
  icon?: ReactNode;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <AriakitMenuItem className={danger ? "menu-item danger" : "menu-item"} onClick={onSelect}>
      <span className="tick">{icon}</span>
      {children}
    </AriakitMenuItem>
  );
}

/** One of several that exclude each other, under a heading. The menu stays open. */
export function MenuChoice<T extends string>({
  name,
  heading,
  options,
  value,
  onChange,
}: {
  name: string;
  heading: string;
  options: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}) {
  return (
    <div role="group" aria-label={heading}>
      <div className="menu-label" aria-hidden="true">
        {heading}
      </div>
      {options.map(([option, words]) => (
        <MenuItemRadio
          key={option}
          className="menu-item"
          name={name}
          value={option}
          checked={option === value}
          onChange={() => onChange(option)}
        >
          <span className="tick">{option === value && <Check size={16} aria-hidden="true" />}</span>
          {words}
        </MenuItemRadio>
      ))}
    </div>
  );
}
