"use strict";
// Locks the screen after a time without use, in all windows at once. Without this file the server does it at the next
// click; the button works either way.

const lockForm = document.querySelector("form[data-kb-lock]");

if (lockForm) {
  const [LAST, LOCKED] = ["kb-last-use", "kb-locked"];
  const idle = Number(lockForm.dataset.idle) * 1000;
  const away = lockForm.dataset.away;
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
    if (now - last() < 1000) return;
    if (last() && now - last() >= idle) return lock();
    localStorage.setItem(LAST, now);
    if (now - told > idle / 4) tell().catch(() => {});
  };

  const blank = () => document.documentElement.classList.add("kb-blank");

  const leave = () => {
    blank();
    location.replace(`${away}?next=${encodeURIComponent(location.pathname)}`);
  };

  const lock = () => {
    blank();
    localStorage.setItem(LOCKED, Date.now());
    lockForm.submit();
  };

  const look = () => {
    if (Date.now() - last() >= idle) lock();
  };

  localStorage.setItem(LAST, Date.now());
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "touchstart", "input"]) {
    document.addEventListener(kind, used, { capture: true, passive: true });
  }
  lockForm.addEventListener("submit", () => {
    blank();
    localStorage.setItem(LOCKED, Date.now());
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
