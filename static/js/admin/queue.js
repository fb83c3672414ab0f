// The queue by keys: a decision goes out in the background while the next card is there already.
const AHEAD = 3; // cards that are there before they are needed
const place = document.getElementById("queue");
const empty = place.querySelector(".queue__empty");
const status = place.querySelector("[data-said]");
const undoButton = document.querySelector("[data-undo] button");
const cards = [...place.querySelectorAll(".card")];
const keyOf = (card) => card.dataset.card;
const decidedKeys = []; // whose decision may still be under way
let at = 0;
let sending = Promise.resolve(true); // one after the other, in the order of the decisions
let fetching = null;
let unsent = 0; // decisions that the site has not answered yet
let undoing = false;

function show() {
  if (at >= cards.length && cards.length && !fetching) at = 0; // those that were passed over
  cards.forEach((card, number) => (card.hidden = number !== at));
  empty.hidden = at < cards.length || fetching !== null;
  // Keys work while a card is still on its way, too.
  (cards[at]?.querySelector("h2") ?? (empty.hidden ? place : empty)).focus();
  if (cards.length - at <= AHEAD) prefetch();
}

// One after the other, so that none comes twice; each that arrives asks for one more.
function prefetch() {
  fetching ??= fetchNext().finally(() => {
    fetching = null;
    if (at >= cards.length) showOrSayEmpty();
  });
  return fetching;
}

function showOrSayEmpty() {
  if (cards.length) {
    at = 0;
    show();
    return;
  }
  empty.hidden = false;
  empty.focus();
}

async function fetchNext() {
  const known = [...decidedKeys, ...cards.map(keyOf)];
  const card = await fetchCard({ but_for: known.slice(-50).join(",") });
  if (!card || known.includes(keyOf(card))) return;
  card.hidden = true;
  place.insertBefore(card, empty);
  cards.push(card);
  if (at === cards.length - 1) show();
  if (cards.length - at <= AHEAD) fetching?.then(prefetch);
}

// Returns a card, null when there is none, or undefined when that cannot be known.
async function fetchCard(parameters) {
  const address = new URL(place.dataset.next, location.href);
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  try {
    const response = await fetch(address);
    if (response.status === 204) return null;
    if (!response.ok || response.redirected) return undefined;
    const fragment = document.createRange().createContextualFragment(await response.text());
    return fragment.querySelector(".card") ?? undefined;
  } catch {
    return undefined; // offline: the cards that are there can be read on
  }
}

function decide(card, button) {
  if (undoing) return;
  const form = card.querySelector("form");
  const fields = new FormData(form, button);
  if (button.dataset.key === "r" && !fields.get("given") && !fields.get("reason")) {
    tell(card, place.dataset.why);
    form.elements.reason.focus();
    card.dataset.removing = "";
    return;
  }
  const checked = form.elements.checked;
  if (button.dataset.key === "p" && checked && !fields.get("checked") && !fields.get("reason")) {
    tell(card, place.dataset.how);
    checked.focus();
    return;
  }
  cards.splice(cards.indexOf(card), 1);
  card.remove();
  decidedKeys.push(keyOf(card));
  show();
  unsent += 1;
  sending = sending.then(() => send(card, form.action, fields)).finally(() => (unsent -= 1));
}

// Returns whether the site took it.
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
        return true;
      }
      ({ said } = await response.json());
      // As it is by now; one that others decided or look at does not come back.
      const anew = response.status === 409 ? await fetchCard({ card: keyOf(card) }) : card;
      bringBack(anew === undefined ? card : anew, said);
      return false;
    }
  } catch {
    // Said below.
  }
  bringBack(card, said);
  return false;
}

// Behind the others: what somebody reads just now stays where it is.
function bringBack(card, said) {
  status.textContent = card ? place.dataset.back : said;
  if (!card) return;
  const key = decidedKeys.indexOf(keyOf(card));
  if (key >= 0) decidedKeys.splice(key, 1);
  tell(card, said);
  card.hidden = true;
  cards.push(card);
  place.insertBefore(card, empty);
  if (at >= cards.length - 1) show();
}

function tell(card, said) {
  const problem = card.querySelector("[data-problem]");
  problem.textContent = said;
  problem.hidden = false;
}

async function move(by) {
  if (by > 0 && at >= cards.length - 1) await prefetch();
  at = Math.max(0, Math.min(at + by, cards.length - 1));
  show();
}

// What was pressed last is undone, also while it is still on its way.
async function undo() {
  undoing = true;
  if ((await sending) && !undoButton.disabled) undoButton.form.submit();
  else undoing = false;
}

place.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter) decide(event.target.closest(".card"), event.submitter);
});

place.addEventListener("click", (event) => {
  // The second of a double click would decide about a card that nobody has read.
  if (event.detail > 1 && event.target.closest("button")) event.preventDefault();
  if (!event.target.closest("a[data-key='j']")) return;
  event.preventDefault();
  move(1);
});

// Whoever was asked why something is removed answers with Enter.
place.addEventListener("keydown", (event) => {
  const card = event.target.closest("[name='reason']") && event.target.closest(".card");
  if (!card || event.isComposing) return;
  if (event.key === "Escape") card.querySelector("h2").focus();
  if (event.key !== "Enter" || !("removing" in card.dataset)) return;
  event.preventDefault();
  decide(card, card.querySelector("button[data-key='r']"));
});

// So does whoever was asked how a watched name was checked.
place.addEventListener("keydown", (event) => {
  const card = event.target.name === "checked" && event.target.closest(".card");
  if (!card || event.isComposing) return;
  if (event.key === "Escape") card.querySelector("h2").focus();
  if (event.key !== "Enter") return;
  event.preventDefault();
  decide(card, card.querySelector("button[data-key='p']"));
});

place.addEventListener("focusout", (event) => {
  if (event.target.name === "reason") delete event.target.closest(".card")?.dataset.removing;
});

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

// Only while the queue has the focus: letters elsewhere mean something else, as to who dictates.
place.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input:not([type='radio']), textarea, select");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const key = event.key.toLowerCase();
  const card = cards[at];
  const button = card?.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  const reason = card?.querySelector(`[data-digit="${CSS.escape(key)}"]`);
  if (button) decide(card, button);
  else if (reason) {
    reason.checked = true;
    reason.focus();
  } else if (keys[key]) keys[key]();
  else return;
  event.preventDefault();
});

show();
