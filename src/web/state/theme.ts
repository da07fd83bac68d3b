/** Light, dark, or as the system has it. Kept in this browser only; it is not part of what a link shows. */
export type Theme = "auto" | "light" | "dark";

const key = "vitrine-theme";
const themes: readonly Theme[] = ["auto", "light", "dark"];

export function currentTheme(): Theme {
  return themes.find((one) => one === document.documentElement.dataset["theme"]) ?? "auto";
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Storage may be switched off: then the choice holds for this page.
  }
}

export function restoreTheme(): void {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(key);
  } catch {
    // As above.
  }
  document.documentElement.dataset["theme"] = themes.find((one) => one === kept) ?? "auto";
}
