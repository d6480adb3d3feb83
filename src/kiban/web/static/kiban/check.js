"use strict";
// The part of the diagnostics only the terminal can tell: its clock, and its card client with reader and card.

const page = document.querySelector("[data-kb-check]");
const OWN_BUSINESS = ["ready", "last_try", "pin_locked", "key_type_unsupported"]; // of the card's holder, not the terminal's
const form = document.querySelector("form[method=post]");

function show(part, state, words) {
  const mark = part.querySelector(".kb-status");
  mark.className = `kb-status kb-status--${state}`;
  mark.textContent = { good: "よい", bad: "直す", off: "未確認" }[state];
  part.querySelector("[data-words]").textContent = words;
}

function keep(name, value) {
  if (form) form.elements[name].value = value;
}

async function clock() {
  const part = document.querySelector("[data-kb-clock]");
  try {
    const asked = Date.now();
    const answer = await fetch(location.pathname, { method: "HEAD", cache: "no-store" });
    const middle = (asked + Date.now()) / 2;
    // The server's time is told in whole seconds: on average it is half a second later.
    const seconds = Math.round((middle - Date.parse(answer.headers.get("Date")) - 500) / 1000);
    if (Number.isNaN(seconds)) return;
    const isGood = Math.abs(seconds) <= Number(page.dataset.most);
    const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
    const amount = minutes < 120 ? `${minutes}分` : `${Math.round(minutes / 60)}時間`;
    show(part, isGood ? "good" : "bad", isGood ? "合っています。" : `約${amount}${seconds > 0 ? "進んで" : "遅れて"}います。`);
    part.querySelector("[data-remedy]").hidden = isGood;
    keep("clock", seconds);
  } catch {
    show(part, "off", "サーバーに届かず、確かめられませんでした。画面を開き直してください。");
  }
}

async function card() {
  const part = document.querySelector("[data-kb-card-check]");
  const button = part.querySelector("button");
  button.disabled = true;
  show(part, "off", "確かめています。");
  const code = await ask(page.dataset.client);
  const told = part.querySelector(`[data-code="${code}"]`) ?? part.querySelector('[data-code="card_error"]');
  show(part, told.dataset.good ? "good" : "bad", told.textContent);
  keep("card", told.dataset.code);
  button.disabled = false;
}

async function ask(address) {
  try {
    const answer = await fetch(`${address}/state`, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { "Content-Type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(20000),
    });
    const { code } = await answer.json();
    return OWN_BUSINESS.includes(code) ? "ready" : code;
  } catch {
    return (await browserForbids()) ? "forbidden" : (await somethingListens(address)) ? "refused" : "absent";
  }
}

if (page) {
  clock();
  const button = document.querySelector("[data-kb-card-try]");
  button.hidden = false;
  button.addEventListener("click", card);
}
