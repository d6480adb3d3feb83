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
  const isToCome = real && group.dataset.kbPast !== undefined && date > new Date();
  group.querySelector("output").textContent = real ? `= ${y}年${m}月${d}日${isToCome ? "(まだ来ていない日です)" : ""}` : "";
}

// A date pasted whole fills its four boxes.
const ERAS = { M: "明治", T: "大正", S: "昭和", H: "平成", R: "令和", 明: "明治", 大: "大正", 昭: "昭和", 平: "平成", 令: "令和" };
const WHOLE =
  /^(明治|大正|昭和|平成|令和|西暦|[明大昭平令MTSHR])?(元|\d{1,4})[年.\/-](\d{1,2})[月.\/-](\d{1,2})日?$|^(\d{4})(\d{2})(\d{2})$/i;

function spread(group, typed) {
  const text = typed.normalize("NFKC").replace(/\s/g, "").replace(/[‐‑–—―−ー]/g, "-").toUpperCase();
  const found = WHOLE.exec(text);
  if (!found) return;
  const [era, year, month, day] = group.querySelectorAll("select, input");
  const [, word, y, m, d, western, mm, dd] = found;
  const name = ERAS[word] ?? word ?? ((western ?? y).length === 4 ? "西暦" : era.value);
  if (name) era.value = name;
  [year.value, month.value, day.value] = western ? [western, Number(mm), Number(dd)] : [y, Number(m), Number(d)];
}

document.addEventListener("input", (event) => {
  const group = event.target.closest("[data-kb-wareki]");
  if (!group) return;
  if (event.target.matches("input")) spread(group, event.target.value);
  echo(group);
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

// What has to be typed elsewhere can be copied.
for (const shown of document.querySelectorAll("[data-kb-copy]")) {
  if (!navigator.clipboard) break;
  const button = document.createElement("button");
  [button.type, button.className] = ["button", "kb-button kb-button--quiet kb-button--small kb-no-print"];
  button.textContent = "コピー";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(shown.textContent.trim());
    button.textContent = "コピーしました";
  });
  shown.after(button);
}

// What is typed into a password box can be looked at: on a tablet one cannot feel the keys.
for (const input of document.querySelectorAll("input[type=password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "kb-button kb-button--quiet kb-button--small";
  const say = () => {
    button.textContent = input.type === "password" ? "見せる" : "かくす";
    button.setAttribute("aria-label", `パスワードを${button.textContent}`);
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    say();
  });
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
  say();
  input.after(button);
}

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
