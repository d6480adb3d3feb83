// Why the card client on this machine did not answer. Loaded before card.js and check.js, which ask.
"use strict";

// Chromium asks before a site on the network may reach a program on the same machine (Local Network Access).
async function browserForbids() {
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      if ((await navigator.permissions.query({ name })).state === "denied") return true;
    } catch {
      // a browser that does not know this permission
    }
  }
  return false;
}

// A client that refuses our origin and one that is not there look alike to fetch(), but not without CORS.
async function somethingListens(address) {
  try {
    await fetch(address, { mode: "no-cors", credentials: "omit", signal: AbortSignal.timeout(5000) });
    return true;
  } catch {
    return false;
  }
}
