"use strict";
// Reads a My Number card through the client on this terminal (kiban-card) and puts the proof into the form.
// The PIN goes to the client on 127.0.0.1 and nowhere else.

const CLIENT_ABSENT =
  "この端末のカード読み取りソフト(kiban-card)につながりません。ソフトが動いているか確かめてください。" +
  "ブラウザーが、この端末のアプリへのアクセスの許可を求めたときは「許可」を選んでください。" +
  "つながらないときは、ほかの方法で本人を確認するか、管理者に伝えてください。";
const BROWSER_FORBIDS =
  "ブラウザーが、この端末のカード読み取りソフト(kiban-card)へのアクセスを止めています。" +
  "アドレス欄の左の印を押し、「ローカル ネットワークへのアクセス」(または「このデバイス上のアプリ」)を「許可」にして、画面を開き直してください。";
const CLIENT_REFUSES =
  "この端末のカード読み取りソフト(kiban-card)は、このサイトで使う設定になっていません。管理者に、設定ファイルの origin を確かめてもらってください。";
const SERVER_ABSENT = "サーバーに届きませんでした。画面を開き直し、もう一度やり直してください。";
const OF_CLIENT_SECONDS = 90;

for (const part of document.querySelectorAll("[data-kb-card]")) setUp(part);

function setUp(part) {
  const find = (name) => part.querySelector(`[data-kb-card-${name}]`);
  const [read, sign, entry, told, last] = ["read", "sign", "pin", "told", "last"].map(find);
  const form = part.closest("form");
  const pin = part.querySelector("#card-pin");
  const confirmed = find("confirm");
  const proof = form.querySelector("input[name=proof]");

  function say(kind, words) {
    const [manner, title] = { good: ["good", "済みました"], care: ["care", "ご注意"], bad: ["bad", "できませんでした"], plain: ["plain", "お知らせ"] }[kind];
    told.className = `kb-notice kb-notice--${manner}`;
    find("kind").textContent = title;
    find("words").textContent = words;
    told.hidden = false;
  }

  // What can be done next follows from the client's answer.
  function show(state) {
    const mayTry = ["ready", "last_try", "wrong_pin", "pin_not_four_digits"].includes(state.code);
    const isLast = state.tries_left === 1;
    entry.hidden = !mayTry;
    last.hidden = !isLast;
    confirmed.checked = false;
    if (state.tries_left !== undefined) find("tries").textContent = `あと${state.tries_left}回試せます`;
    say(state.code === "ready" ? "plain" : isLast && mayTry ? "care" : "bad", state.message);
    if (mayTry) pin.focus();
  }

  async function work(words, steps) {
    read.disabled = sign.disabled = true;
    say("plain", words);
    try {
      await steps();
    } catch (problem) {
      entry.hidden = true;
      say("bad", problem instanceof Told ? problem.message : SERVER_ABSENT);
    } finally {
      read.disabled = sign.disabled = false;
    }
  }

  read.addEventListener("click", () =>
    work("カードを確かめています。カードを動かさないでください。", async () => {
      proof.value = "";
      show(await client(part.dataset.client, "/state", {}));
    }),
  );

  sign.addEventListener("click", () => {
    if (!/^[0-9]{4}$/.test(pin.value)) {
      say("bad", "暗証番号は数字4桁(半角)で入れてください。カードには送っていません。");
      pin.focus();
      return;
    }
    if (!last.hidden && !confirmed.checked) {
      say("care", "あと1回まちがえるとロックされます。確かな場合だけ、上の四角に印を付けてください。カードには送っていません。");
      confirmed.focus();
      return;
    }
    const typed = pin.value;
    pin.value = "";
    work("本人を確認しています。終わるまでカードを動かさないでください。", async () => {
      const { challenge } = await server(part.dataset.challenge, form);
      const signed = await client(part.dataset.client, "/sign", {
        challenge,
        pin: typed,
        confirm_last_try: !last.hidden && confirmed.checked,
      });
      if (signed.code !== "signed") {
        show(signed);
        return;
      }
      const { signature, certificate } = signed;
      const kept = await server(part.dataset.proof, form, { challenge, signature, certificate });
      proof.value = kept.proof;
      entry.hidden = true;
      say("good", kept.message);
      form.querySelector("input[name=method][value=card]")?.click();
    });
  });

  // Enter in the PIN means the card, not the form around it.
  pin.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    sign.click();
  });

  part.hidden = false;
}

class Told extends Error {}

async function client(address, path, body) {
  let answer;
  try {
    answer = await fetch(address + path, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(OF_CLIENT_SECONDS * 1000),
    });
  } catch {
    if (await browserForbids()) throw new Told(BROWSER_FORBIDS);
    throw new Told((await somethingListens(address)) ? CLIENT_REFUSES : CLIENT_ABSENT);
  }
  return await answer.json();
}

async function server(address, form, body = {}) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Told(said.message);
  return said;
}
