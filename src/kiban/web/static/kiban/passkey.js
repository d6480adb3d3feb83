"use strict";
// Asks the browser for a passkey and sends its answer with the form. Without this file a page offers its other ways.

const WORDS = {
  none: "このブラウザではパスキーを使えません。ほかの方法を選んでください。",
  NotAllowedError: "確認が取り消されたか、時間がたちました。もう一度ボタンを押してください。",
  InvalidStateError: "この端末のパスキーは、すでに登録されています。",
  other: "パスキーを使えませんでした。もう一度ボタンを押すか、ほかの方法を選んでください。",
};

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function question(options) {
  const listed = (list) => (list ?? []).map((item) => ({ ...item, id: bytes(item.id) }));
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) asked.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) asked.allowCredentials = listed(options.allowCredentials);
  return asked;
}

function answer(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: {},
    response,
  });
}

async function show(form) {
  if (!window.PublicKeyCredential) throw new DOMException("", "none");
  const publicKey = question(JSON.parse(form.dataset.options));
  const credential = await navigator.credentials[form.dataset.kbPasskey]({ publicKey });
  form.elements.credential.value = answer(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-kb-passkey]")) {
  const problem = form.querySelector("[data-kb-passkey-problem]");
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    problem.hidden = true;
    button.disabled = true;
    show(form).catch((error) => {
      button.disabled = false;
      problem.hidden = false;
      problem.querySelector("p > span:last-child").textContent = WORDS[error.name] ?? WORDS.other;
    });
  });
}
