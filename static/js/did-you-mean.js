// Asks "Did you mean …?" when an e-mail address looks mistyped, before it is sent. It changes
// nothing by itself. openletter/lib/typos.py asks the same of whoever has no scripts, and
// tests/typo_cases.py holds both to the same answers.
const CLICK_LASTS = 250; // a question that pushes the page down must not push a button away
const SEEN_AFTER = 1_000; // whoever sends sooner has not read it: then the server asks

export function listsOf(field) {
  const words = (name) => field.dataset[name].split(" ");
  return {
    asksFor: words("asksFor"),
    leftAlone: new Set([...words("asksFor"), ...words("leavesAlone")]),
    endings: new Map(words("endings").map((pair) => pair.split("="))),
  };
}

export function suggestion(address, lists) {
  const text = address.trim();
  const at = text.lastIndexOf("@");
  const typed = text.slice(at + 1).toLowerCase();
  const meant = meantDomain(typed, lists);
  return at > 0 && meant !== typed ? `${text.slice(0, at)}@${meant}` : "";
}

function meantDomain(domain, { asksFor, leftAlone, endings }) {
  const dot = domain.lastIndexOf(".");
  const ending = dot > 0 && endings.get(domain.slice(dot + 1));
  const spelled = ending ? `${domain.slice(0, dot)}.${ending}` : domain;
  if (leftAlone.has(spelled)) return spelled;
  return asksFor.find((known) => isOneSlip(spelled, known)) ?? spelled;
}

function isOneSlip(typed, known) {
  const rest = [...typed]; // letters, some of which are two UTF-16 units
  const meant = [...known];
  while (rest.length && rest[0] === meant[0]) {
    rest.shift();
    meant.shift();
  }
  const swapped = [meant[1], meant[0], ...meant.slice(2)];
  const slips = [[rest, meant.slice(1)], [rest, swapped], [rest.slice(1), meant], [rest.slice(1), meant.slice(1)]];
  return slips.some(([one, other]) => one.join("") === other.join(""));
}

function watch(place) {
  const field = place.querySelector("input[type=email]");
  const asked = field.form.elements.email_asked;
  const question = place.querySelector("[data-did-you-mean-question]");
  const use = place.querySelector("[data-did-you-mean-use]");
  const lists = listsOf(field);
  let about = "";
  let meant = "";
  let since = 0;

  function show(typed, suggested) {
    [about, meant, since] = [typed, suggested, Date.now()];
    const say = (words) => (meant ? words.replace("{address}", () => meant) : "");
    question.textContent = say(question.dataset.didYouMeanQuestion);
    use.textContent = say(use.dataset.didYouMeanUse);
    use.hidden = !meant;
  }

  function ask() {
    const typed = field.value.trim();
    if (typed !== about) show(typed, typed === asked.value ? "" : suggestion(typed, lists));
  }

  function askOnceLeft() {
    setTimeout(() => { if (document.activeElement !== field) ask(); }, CLICK_LASTS);
  }

  field.addEventListener("focusout", askOnceLeft);
  field.addEventListener("change", askOnceLeft); // a browser that fills the form in moves no focus
  field.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey) ask(); // so that this very Tab leads to the button
  });
  field.addEventListener("input", () => {
    show("", "");
    for (const before of place.querySelectorAll("[data-did-you-mean-asked]")) before.hidden = true;
  });
  use.addEventListener("click", () => {
    field.value = meant;
    show("", "");
    field.focus();
  });
  field.form.addEventListener("submit", () => {
    if (meant && about === field.value.trim() && Date.now() - since > SEEN_AFTER) asked.value = about;
  });
}

for (const place of document.querySelectorAll("[data-did-you-mean]")) watch(place);
