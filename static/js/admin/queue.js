// The queue by keys: a decision goes out in the background while the next card is there already.
const place = document.getElementById("queue");
const empty = place.querySelector(".queue__empty");
const undoButton = document.querySelector("[data-undo] button");
const AHEAD = 3; // cards that are there before they are needed
const cards = [...place.querySelectorAll(".card")];
let at = 0;
let sending = Promise.resolve(); // one after the other, in the order of the decisions
let fetching = null;
let unsent = 0; // decisions that the site has not answered yet
let undoing = false;

function show() {
  cards.forEach((card, number) => (card.hidden = number !== at));
  cards[at]?.querySelector("h2").focus({ preventScroll: true });
  if (cards.length - at <= AHEAD) prefetch();
  empty.hidden = at < cards.length || fetching !== null;
}

// One after the other, so that none comes twice; each that arrives asks for one more.
function prefetch() {
  fetching ??= fetchNext().finally(() => {
    fetching = null;
    empty.hidden = at < cards.length;
  });
  return fetching;
}

async function fetchNext() {
  const address = new URL(place.dataset.next, location.href);
  address.searchParams.set("but_for", [...decidedKeys, ...cards.map(keyOf)].slice(-50).join(","));
  try {
    const response = await fetch(address);
    if (response.status !== 200 || response.redirected) return;
    const fragment = document.createRange().createContextualFragment(await response.text());
    const card = fragment.querySelector(".card");
    card.hidden = true;
    place.insertBefore(card, empty);
    cards.push(card);
    if (at === cards.length - 1) show();
    else if (cards.length - at <= AHEAD) fetching.then(prefetch);
  } catch {
    // Offline: the cards that are there can be read on.
  }
}

const decidedKeys = []; // whose decision may still be under way
const keyOf = (card) => card.dataset.card;

function decide(card, button) {
  if (undoing) return;
  const form = card.querySelector("form");
  const fields = new FormData(form, button);
  if (button.dataset.key === "r" && !fields.get("given") && !fields.get("reason")) {
    form.elements.reason.focus(); // without a reason nothing is removed
    card.dataset.removing = "";
    return;
  }
  cards.splice(cards.indexOf(card), 1);
  card.remove();
  decidedKeys.push(keyOf(card));
  at = Math.min(at, cards.length);
  show();
  unsent += 1;
  sending = sending
    .then(() => send(card, form.action, fields))
    .finally(() => (unsent -= 1));
}

async function send(card, address, fields) {
  let said = place.dataset.lost;
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      keepalive: true,
    });
    if (response.headers.get("Content-Type")?.startsWith("application/json")) {
      if (response.ok) {
        undoButton.disabled = false;
        undoButton.form.elements.signature.value = keyOf(card);
        return;
      }
      ({ said } = await response.json());
    }
  } catch {
    // Said below.
  }
  bringBack(card, said);
}

function bringBack(card, said) {
  decidedKeys.splice(decidedKeys.indexOf(keyOf(card)), 1);
  const problem = card.querySelector("[data-problem]");
  problem.textContent = said;
  problem.hidden = false;
  cards.splice(at, 0, card);
  place.insertBefore(card, empty);
  show();
}

place.addEventListener("submit", (event) => {
  event.preventDefault();
  decide(event.target.closest(".card"), event.submitter ?? event.target.querySelector(".default"));
});

place.addEventListener("click", (event) => {
  if (!event.target.closest("a[data-key='j']")) return;
  event.preventDefault();
  move(1);
});

async function move(by) {
  if (by > 0 && at >= cards.length - 1) await prefetch();
  at = Math.max(0, Math.min(at + by, cards.length - 1));
  show();
}

// What was pressed last is undone, also while it is still on its way.
async function undo() {
  undoing = true;
  await sending;
  if (undoButton.disabled) undoing = false;
  else undoButton.form.submit();
}

undoButton.form.addEventListener("submit", (event) => {
  event.preventDefault();
  undo();
});

addEventListener("beforeunload", (event) => {
  if (unsent) event.preventDefault(); // the browser asks whether to leave
});

const keys = {
  j: () => move(1),
  k: () => move(-1),
  z: undo,
  "?": () => document.querySelector("[data-help]").toggleAttribute("open"),
};

// Whoever was asked why something is removed answers with Enter.
place.addEventListener("keydown", (event) => {
  const card = event.target.closest("[name='reason']") && event.target.closest(".card");
  if (!card) return;
  if (event.key === "Escape") event.target.blur();
  if (event.key !== "Enter" || !("removing" in card.dataset)) return;
  event.preventDefault();
  decide(card, card.querySelector("button[data-key='r']"));
});

document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input:not([type='radio']), textarea, select");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  const card = cards[at];
  const button = card?.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  const reason = card?.querySelector(`[data-digit="${CSS.escape(key)}"]`);
  if (button) decide(card, button);
  else if (reason) reason.checked = true;
  else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
});

show();
