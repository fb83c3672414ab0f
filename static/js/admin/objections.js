// Objections by keys: each presses what has its letter, unless somebody has switched them off.
const place = document.getElementById("objections");
const help = place.querySelector("[data-help]");
const toggle = place.querySelector("[data-switch] input");
const STORED = "desk-keys";
let pressed = false; // one decision a page: a second press would decide about what nobody has read

function areOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // storage is blocked: then the switch is good for this page
  }
}

toggle.checked = areOn();
toggle.closest("[data-switch]").hidden = false;
toggle.addEventListener("change", () => {
  try {
    localStorage.setItem(STORED, toggle.checked ? "on" : "off");
  } catch {
    // Said above.
  }
});

function press(target) {
  if (pressed || target.disabled) return;
  pressed = true;
  target.click();
}

// The second of a double click would decide about the next card.
place.addEventListener("submit", (event) => {
  if (place.dataset.sent) event.preventDefault();
  place.dataset.sent = "yes";
});

// Only while this part of the page has the focus: letters elsewhere mean something else.
place.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input:not([type='radio'], [type='checkbox']), textarea, select");
  if (writes || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (!toggle.checked) return;
  const key = event.key.toLowerCase();
  const target = place.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const reason = /^[1-9]$/.test(key) && place.querySelectorAll("[data-reason]")[key - 1];
  if (target) press(target);
  else if (reason) {
    reason.checked = true;
    reason.focus();
  } else if (key === "?") help.toggleAttribute("open");
  else return;
  event.preventDefault();
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return; // a page that the browser kept was sent already
  pressed = false;
  delete place.dataset.sent;
});

(place.querySelector("h2") ?? place.querySelector(".queue__empty"))?.focus();
