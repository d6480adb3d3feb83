"use strict";
// Another row without asking the server. Without this file the button asks it, and nothing typed is lost either way.

for (const button of document.querySelectorAll("[data-kb-add]")) {
  const section = button.closest("[data-kb-rows]");
  const count = section.querySelector(`[name="${section.dataset.kbRows}-count"]`);
  const pattern = section.querySelector("template");
  const most = Number(button.dataset.kbAdd);
  button.addEventListener("click", (event) => {
    const at = Number(count.value);
    if (at >= most) return; // the server says so
    event.preventDefault();
    const holder = document.createElement("template");
    holder.innerHTML = pattern.innerHTML.replaceAll("-NEW", `-${at}`).replace("新しい行", `${at + 1}行目`);
    pattern.before(holder.content);
    count.value = at + 1;
    button.setAttribute("formaction", `#${section.dataset.kbRows}-${at + 1}`);
    const row = pattern.previousElementSibling;
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("textarea, input:not([type=hidden]), select").focus();
  });
}

// What is typed is kept on the server now and then: a telephone call and a locked screen lose nothing.
const plan = document.querySelector("form[data-kb-plan]");
if (plan) {
  let typed = false;
  const keep = async () => {
    if (!typed) return;
    typed = false;
    const body = new URLSearchParams(new FormData(plan));
    body.set("keep", "auto");
    let kept = false;
    try {
      kept = (await fetch(location.href, { method: "POST", body, redirect: "manual" })).ok;
    } catch {
      kept = false;
    }
    typed ||= !kept;
    const time = new Date().toLocaleTimeString("ja-JP", { hour: "2-digit", minute: "2-digit" });
    saved.textContent = kept ? `保存済み ${time}` : `保存できていません(${time})。「途中で保存する」を押してください`;
  };
  const saved = plan.querySelector("[data-kb-saved]");

  // Ctrl+S keeps what was typed, as everywhere else; the browser would save the page as a file.
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      typed = true;
      keep();
    }
  });

  // An office that is chosen brings its number.
  plan.addEventListener("input", (event) => {
    if (!event.target.name?.endsWith("-provider")) return;
    const same = [...document.querySelectorAll("#offices option")].filter((one) => one.value === event.target.value);
    const number = plan.elements[`${event.target.name}_number`];
    if (same.length === 1 && number) number.value = same[0].dataset.number;
  });

  plan.addEventListener("input", () => {
    typed = true;
  });
  plan.addEventListener("submit", () => {
    typed = false;
  });
  document.addEventListener("visibilitychange", () => document.hidden && keep());
  addEventListener("blur", keep); // somebody goes to another window, and may lock the screen there
  setInterval(keep, 30000);

  // First kept, then locked: a locked session writes nothing.
  const lock = document.querySelector("form[data-kb-lock]");
  lock?.addEventListener("submit", (event) => {
    if (!typed) return;
    event.preventDefault();
    keep().then(() => lock.submit());
  });
}
