// Files dropped anywhere on the form are those of its field; without script the field alone does.
"use strict";
for (const form of document.querySelectorAll("[data-kb-drop]")) {
  const field = form.querySelector("input[type=file]");
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("kb-card--drop");
  });
  form.addEventListener("dragleave", () => form.classList.remove("kb-card--drop"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("kb-card--drop");
    if (event.dataTransfer.files.length) {
      field.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
}
