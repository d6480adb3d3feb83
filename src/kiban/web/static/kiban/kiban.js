"use strict";
// Everything works without this file; it only saves looking.

// Errors of a form are the first thing to read after a failed submit.
const errors = document.querySelector("[data-kb-errors]");
if (errors) errors.focus();

// The western year beside a 和暦 date follows the typing.
function echo(group) {
  const [era, year, month, day] = group.querySelectorAll("select, input");
  const offset = era.selectedOptions[0]?.dataset.offset;
  const number = (input) => Number(input.value.normalize("NFKC").trim() === "元" ? 1 : input.value.normalize("NFKC"));
  const [y, m, d] = [number(year) + Number(offset), number(month), number(day)];
  const date = new Date(0);
  date.setFullYear(y, m - 1, d);
  const real = offset !== undefined && number(year) > 0 && date.getMonth() === m - 1 && date.getDate() === d;
  if (group.nextElementSibling?.matches(".kb-caution")) group.nextElementSibling.remove();
  group.querySelector("output").textContent = real ? `= ${y}年${m}月${d}日` : "";
}

document.addEventListener("input", (event) => {
  const group = event.target.closest("[data-kb-wareki]");
  if (group) echo(group);
});

// A file dropped beside its box would be opened instead of the page, and what was typed would be gone.
for (const kind of ["dragover", "drop"]) {
  addEventListener(kind, (event) => {
    const isFile = event.dataTransfer?.types.includes("Files");
    if (isFile && !event.target.closest?.("input[type=file]")) event.preventDefault();
  });
}

// Paper cannot be unfolded: everything is open while it is printed (older browsers know no style for it).
const folded = new Set();
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details:not([open], .kb-help)")) {
    folded.add(details);
    details.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
  folded.clear();
});

// A print button is of use only where a script can press it.
for (const button of document.querySelectorAll("[data-kb-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// "/" goes to the search, as in many programs; not while something is typed.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-kb-search]");
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (!search || typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.normalize("NFKC") !== "/") return;
  event.preventDefault();
  search.focus();
  search.select();
});
