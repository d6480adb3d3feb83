"use strict";
// Locks the screen after a time without use, in all windows at once. Without this file the server does it at the next
// click; the button works either way.

const lockForm = document.querySelector("form[data-kb-lock]");

if (lockForm) {
  const [LAST, LOCKED] = ["kb-last-use", "kb-locked"];
  const idle = Number(lockForm.dataset.idle) * 1000;
  const away = lockForm.dataset.away;
  const warnAfter = Math.max(idle - 60000, idle / 2);
  let told = Date.now();

  const last = () => Number(localStorage.getItem(LAST)) || 0;

  // A long text being typed is use, though nothing is sent: the server is told now and then.
  const tell = async () => {
    told = Date.now();
    const token = lockForm.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(lockForm.dataset.alive, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      redirect: "manual",
    });
    if (answer.type === "opaqueredirect") follow();
  };

  const used = () => {
    const now = Date.now();
    if (now - last() < 1000) return;
    if (last() && now - last() >= idle) return lock();
    localStorage.setItem(LAST, now);
    warning.hidden = true;
    if (now - told > idle / 4) tell().catch(() => {});
  };

  const blank = () => document.documentElement.classList.add("kb-blank");

  const leave = () => {
    blank();
    location.replace(`${away}?next=${encodeURIComponent(location.pathname)}`);
  };

  // What was typed and not sent goes along, and stands there again after unlocking. The plan page keeps its own before
  // it locks; where another window locked it, it could not, and its text goes along like any other.
  const forms = ["[data-kb-plan]", "[method=post]:not([data-kb-plan])"].flatMap((kind) => [
    ...document.querySelectorAll(`main form${kind}`),
  ]);
  let typedInto = null;
  for (const form of forms) form.addEventListener("input", () => (typedInto = form));
  const takeAlong = (entriesToo = {}) => {
    const entries = [...new FormData(typedInto)].filter(([, value]) => typeof value === "string");
    const typed = new URLSearchParams(entries).toString();
    const all = { typed, form: forms.indexOf(typedInto), ...entriesToo };
    for (const [name, value] of Object.entries(all)) {
      const input = document.createElement("input");
      [input.type, input.name, input.value] = ["hidden", name, value];
      lockForm.append(input);
    }
    lockForm.elements.next.value = location.pathname;
  };
  const hasTyped = () => typedInto && !typedInto.querySelector("input[type=password]");

  // Another window locked this one: what was typed here is brought there too, and this window shows the lock.
  const follow = () => {
    if (!hasTyped()) return leave();
    blank();
    takeAlong({ follows: 1 });
    lockForm.submit();
  };

  const lock = () => {
    blank();
    localStorage.setItem(LOCKED, Date.now());
    if (hasTyped() && !("kbPlan" in typedInto.dataset)) takeAlong();
    lockForm.submit();
  };

  const warning = document.createElement("div");
  warning.className = "kb-lock-warning";
  warning.setAttribute("role", "alertdialog");
  warning.setAttribute("aria-label", "まもなくロックします");
  warning.hidden = true;
  const words = document.createElement("p");
  const goOn = document.createElement("button");
  [goOn.type, goOn.className, goOn.textContent] = ["button", "kb-button", "続ける"];
  goOn.addEventListener("click", () => used());
  warning.append(words, goOn);
  document.body.append(warning);
  const warn = (left) => {
    words.textContent = left > 50 ? "あと1分でロックします。" : `あと${left}秒でロックします。`;
    if (!warning.hidden) return;
    warning.hidden = false;
    goOn.focus({ preventScroll: true });
  };

  const look = () => {
    const quiet = Date.now() - last();
    if (quiet >= idle) lock();
    else if (quiet >= warnAfter) warn(Math.ceil((idle - quiet) / 1000));
    else warning.hidden = true;
  };

  // Put back what was typed before the screen was locked, when every script of the page stands ready for it.
  const putBack = (into, entries) => {
    const values = new Map();
    for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
    for (const button of into.querySelectorAll("[data-kb-add]")) {
      const count = into.elements[`${button.value}-count`];
      const missing = Number(values.get(count.name)) - Number(count.value);
      for (let row = 0; row < missing; row += 1) button.click();
    }
    for (const input of into.elements) {
      if (!input.name || ["hidden", "password", "file", "submit", "button"].includes(input.type)) continue;
      const typed = values.get(input.name) ?? [];
      if (["checkbox", "radio"].includes(input.type)) input.checked = typed.includes(input.value);
      else if (typed.length) input.value = typed.shift();
    }
    into.dispatchEvent(new Event("input"));
    const note = document.createElement("p");
    [note.className, note.textContent] = ["kb-caution", "ロックの前に入れた内容を戻しました。ファイルとパスワードは、もう一度入れてください。"];
    into.prepend(note);
  };
  const before = document.getElementById("kb-typed");
  if (before) {
    const { form, entries } = JSON.parse(before.textContent);
    document.addEventListener("DOMContentLoaded", () => forms[form] && putBack(forms[form], entries));
  }

  localStorage.setItem(LAST, Date.now());
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart", "input"]) {
    document.addEventListener(kind, used, { capture: true, passive: true });
  }
  lockForm.addEventListener("submit", () => {
    blank();
    localStorage.setItem(LOCKED, Date.now());
    if (hasTyped() && !("kbPlan" in typedInto.dataset)) takeAlong();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === LOCKED) follow();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, Math.min(5000, idle / 4));
}
