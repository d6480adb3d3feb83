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
