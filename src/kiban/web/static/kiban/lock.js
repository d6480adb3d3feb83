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
    if (answer.type === "opaqueredirect") leave();
  };

  const used = () => {
    const now = Date.now();
    if (isGone || now - last() < 1000) return;
    if (last() && now - last() >= idle) return lock();
    localStorage.setItem(LAST, now);
    warning.hidden = true;
    if (now - told > idle / 4) tell().catch(() => {});
  };

  let isGone = false; // once on its way to the locked screen a page is not sent there again
  const blank = () => {
    isGone = true;
    document.documentElement.classList.add("kb-blank");
  };

  // What was typed and not sent goes along, and stands there again after unlocking. (The plan page keeps its own.)
  const forms = [...document.querySelectorAll("main form[method=post]:not([data-kb-plan])")];
  let typedInto = null;
  for (const form of forms) form.addEventListener("input", () => (typedInto = form));
  const add = (name, value) => {
    const input = document.createElement("input");
    [input.type, input.name, input.value] = ["hidden", name, value];
    lockForm.append(input);
  };
  const takeAlong = () => {
    if (lockForm.elements.typed || !typedInto || typedInto.querySelector("input[type=password]")) return;
    const entries = [...new FormData(typedInto)].filter(([, value]) => typeof value === "string");
    add("typed", new URLSearchParams(entries).toString());
    add("form", forms.indexOf(typedInto));
    lockForm.elements.next.value = location.pathname;
  };

  // The screen is locked already, by another window or the server: what was typed here goes along as well.
  const leave = () => {
    if (isGone) return;
    blank();
    takeAlong();
    if (!lockForm.elements.typed) return location.replace(`${away}?next=${encodeURIComponent(location.pathname)}`);
    add("along", "1");
    lockForm.submit();
  };

  const lock = () => {
    if (isGone) return;
    blank();
    localStorage.setItem(LOCKED, Date.now());
    takeAlong();
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

  // Put back what was typed before the screen was locked.
  const before = document.getElementById("kb-typed");
  if (before) {
    const { form, entries } = JSON.parse(before.textContent);
    const values = new Map();
    for (const [name, value] of entries) values.set(name, [...(values.get(name) ?? []), value]);
    for (const input of forms[form]?.elements ?? []) {
      if (!input.name || ["hidden", "password", "file", "submit", "button"].includes(input.type)) continue;
      const typed = values.get(input.name) ?? [];
      if (["checkbox", "radio"].includes(input.type)) input.checked = typed.includes(input.value);
      else if (typed.length) input.value = typed.shift();
    }
    if (forms[form]) {
      typedInto = forms[form];
      const note = document.createElement("p");
      [note.className, note.textContent] = ["kb-caution", "ロックの前に入れた内容を戻しました。ファイルとパスワードは、もう一度入れてください。"];
      forms[form].prepend(note);
    }
  }

  localStorage.setItem(LAST, Date.now());
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart", "input"]) {
    document.addEventListener(kind, used, { capture: true, passive: true });
  }
  lockForm.addEventListener("submit", () => {
    blank();
    localStorage.setItem(LOCKED, Date.now());
    takeAlong();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === LOCKED) leave();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, Math.min(5000, idle / 4));
}

// The locked page itself: it opens again when the screen was unlocked in another window, which then is in use.
if (document.querySelector("[data-kb-locked]")) {
  window.addEventListener("storage", (event) => {
    if (event.key === "kb-last-use") location.replace(location.href);
  });
}
