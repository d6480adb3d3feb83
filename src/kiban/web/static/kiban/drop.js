// Files dropped anywhere on the page are added to those of its form, and wait for its button. Without script the field
// alone takes them.
"use strict";
const form = document.querySelector("[data-kb-drop]");
if (form) {
  const field = form.querySelector("input[type=file]");
  const chosen = document.createElement("p");
  chosen.className = "kb-support kb-break";
  chosen.setAttribute("role", "status");
  field.after(chosen);
  const named = () => {
    const names = [...field.files].map((file) => file.name);
    chosen.textContent = names.length > 1 ? `${names.length}個: ${names.join("、")}` : "";
  };
  field.addEventListener("change", named);
  addEventListener("dragover", () => form.classList.add("kb-card--drop"));
  addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("kb-card--drop"));
  addEventListener("drop", (event) => {
    form.classList.remove("kb-card--drop");
    if (event.target === field || !event.dataTransfer.files.length) return; // the field takes its own
    const all = new DataTransfer();
    const files = new Map([...field.files, ...event.dataTransfer.files].map((file) => [`${file.name} ${file.size}`, file]));
    for (const file of files.values()) all.items.add(file);
    field.files = all.files;
    named();
    field.focus();
  });
}
