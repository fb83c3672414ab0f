// Asks, once somebody begins to fill in the form, whether the letter wants a proof of work, and then
// has the widget compute one. Nothing here keeps anybody from signing: who sends no proof signs too.
const PATIENCE = 10_000; // how long sending waits for a proof, or for the answer that none is wanted
const place = document.querySelector("[data-proof]");
const form = place?.closest("form");
let widget; // only once the letter asked for a proof
let working; // the attempt under way
let isDone = false; // there is nothing to wait for: the form holds a proof, or needs none
let isStuck = false; // the last attempt failed: another one only when sending, not at every focus
let isWaiting = false; // the button was pressed, and the form waits for its proof
let isReleased = false;

function say(words) {
  place.querySelector("[role=status]").textContent = words;
}

function keep(payload) {
  form.elements.altcha.value = payload ?? "";
  isDone = Boolean(payload);
  if (isDone) say("");
}

async function ask() {
  const response = await fetch(place.dataset.proof, { credentials: "omit", cache: "no-store" });
  if (!response.ok) throw new Error(`${response.status} from ${response.url}`);
  return response.json();
}

function load(style) {
  return new Promise((settle) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: style, onload: settle, onerror: settle });
    document.head.append(link);
  });
}

async function show() {
  const { widget: code, worker, words, styles } = place.dataset;
  await Promise.all([import(code), words && import(words), ...styles.split(" ").map(load)]);
  $altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker));
  $altcha.defaults.set({
    name: "", // its own field is not sent: ours is there without it, too
    type: "native",
    minDuration: 0,
    hideLogo: true,
    hideFooter: true,
    humanInteractionSignature: false, // or it would record how the visitor moves and types
  });
  const element = document.createElement("altcha-widget");
  element.addEventListener("statechange", ({ detail }) => {
    keep(detail.state === "verified" ? detail.payload : ""); // an expired one is no proof
  });
  const isReady = new Promise((settle) => element.addEventListener("load", settle, { once: true }));
  place.prepend(element);
  await isReady;
  place.querySelector("[hidden]").hidden = false; // why it is there
  return element;
}

async function solve(challenge) {
  widget ??= await show();
  widget.configure({ challenge });
  const solved = await widget.verify();
  widget.configure({ challenge: place.dataset.proof }); // whoever ticks the box gets a new one
  keep(solved?.payload);
  if (!solved) throw new Error("not solved");
}

async function attempt() {
  const answer = await ask();
  if (!answer.asked) {
    isDone = true;
    return;
  }
  try {
    await solve(answer);
  } catch (error) {
    say(place.dataset.failed);
    throw error;
  }
}

function prove() {
  if (isDone) return undefined;
  working ??= attempt()
    .then(() => { isStuck = false; }, () => { isStuck = true; })
    .finally(() => { working = undefined; });
  return working;
}

function send(button) {
  isReleased = true;
  if (form.requestSubmit) form.requestSubmit(button);
  else form.submit();
  isReleased = false;
}

async function submit(event) {
  if (isDone || isReleased || event.submitter?.name === "switch_to") return; // nothing is signed yet
  event.preventDefault();
  if (isWaiting) return;
  isWaiting = true;
  say(place.dataset.wait);
  const enough = new Promise((settle) => { setTimeout(settle, PATIENCE); });
  await Promise.race([prove(), enough]);
  isWaiting = false;
  say(""); // nobody who comes back shall read that something is still going on
  send(event.submitter);
}

// Without HTTPS a browser computes no proof, and the form is sent as it is.
if (form && isSecureContext) {
  form.addEventListener("focusin", () => { if (!isStuck) prove(); });
  form.addEventListener("submit", submit);
  if (form.matches(":focus-within")) prove(); // somebody was faster than this file
}
