/** Whether an element takes part in the page: panes that a phone does not show are there, but not shown. True where nobody can tell (tests). */
export function isShown(element: Element): boolean {
  return !("checkVisibility" in element) || element.checkVisibility();
}
