// Beside a file field: how large the chosen files are, before anything is sent; after the button: that it is being read.
// Without this file the limit stands beside the field, and the server says what is too large.
"use strict";
for (const field of document.querySelectorAll("input[type=file][data-kb-most]")) {
  const most = Number(field.dataset.kbMost);
  const inWords = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)}KB` : `${(Math.ceil((bytes / 1024 / 1024) * 10) / 10).toFixed(1)}MB`;
  const size = document.createElement("p");
  size.setAttribute("role", "status");
  field.after(size);
  let all = 0;
  field.addEventListener("change", () => {
    all = [...field.files].reduce((sum, file) => sum + file.size, 0);
    const isTooMuch = all > most;
    size.className = isTooMuch ? "kb-error" : "kb-support";
    size.textContent = field.files.length ? `選んだファイルの大きさ: ${inWords(all)}` : "";
    if (isTooMuch) size.textContent += `。${inWords(most)}を超えているので、送れません。${field.dataset.kbSmaller}`;
    field.setCustomValidity(isTooMuch ? `${inWords(most)}までです。` : "");
  });

  // How long reading takes nobody can know before: the bar moves, and the seconds are counted. Where the answer is a
  // file, the page stays as it is, and nothing would take the bar away again.
  if (!("kbReading" in field.form.dataset)) continue;
  field.form.addEventListener("submit", () => {
    if (!field.files.length) return;
    const bar = document.createElement("progress");
    const words = document.createElement("p");
    bar.setAttribute("aria-label", "ファイルを読んでいます");
    const began = Date.now();
    const say = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      words.textContent = `ファイル(${inWords(all)})を送って、読んでいます。終わると次の画面が出ます。${seconds ? `${seconds}秒` : ""}`;
    };
    say();
    setInterval(say, 1000);
    const progress = document.createElement("div");
    progress.className = "kb-progress";
    progress.setAttribute("role", "status");
    words.setAttribute("aria-live", "off");
    progress.append(words, bar);
    field.form.append(progress);
    const buttons = field.form.querySelectorAll("button");
    setTimeout(() => buttons.forEach((button) => (button.disabled = true))); // after it was sent with the form
  });
}
