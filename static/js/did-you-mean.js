// Asks "Did you mean …?" when an e-mail address looks mistyped, before it is sent. It changes
// nothing by itself. openletter/lib/people/typos.py asks the same of whoever has no scripts, and
// tests/typo_cases.py holds both to the same answers.
const CLICK_LASTS = 250; // a question that pushes the page down must not push a button away
const SEEN_AFTER = 1_000; // whoever sends sooner has not read it: then the server asks

export function listsOf(field) {
  const words = (name) => field.dataset[name].split(" ");
  return {
    asksFor: words("asksFor"),
    leftAlone: new Set([...words("asksFor"), ...words("leavesAlone")]),
    mistypedEndings: new Map(words("mistypedEndings").map((pair) => pair.split("="))),
  };
}

// Copied along without being seen: formats, controls, fillers and selectors.
const INVISIBLE = /[\p{Cf}\x7f-\x84\x86-\x9f\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufffc\u{e0100}-\u{e01ef}]/gu;
const PAIRS = ["<>", "()", "[]", '""', "''", "“”", "„“", "«»", "»«", "‹›"];
const MOST_AROUND = 1_000;

function strip(text, signs) {
  let [from, to] = [0, text.length];
  while (from < to && signs.includes(text[from])) from += 1;
  while (from < to && signs.includes(text[to - 1])) to -= 1;
  return text.slice(from, to);
}

// The address in what was pasted, as taken_out in openletter/lib/people/addresses.py.
function takenOut(pasted) {
  if ([...pasted].length > MOST_AROUND) return pasted.trim();
  let text = pasted.replace(INVISIBLE, "");
  text = text.replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  text = text.replaceAll("\u3000", " ").trim();
  const around = strip(text, " \u00a0,;");
  const opening = around.lastIndexOf("<");
  const closing = around.indexOf(">", opening);
  if (opening >= 0 && closing === around.length - 1) {
    const said = strip(around.slice(0, opening), " \u00a0\"'“”„");
    const address = around.slice(opening + 1, closing);
    if (!said.includes("@") || said.toLowerCase() === address.toLowerCase()) text = address;
  }
  if (text.slice(0, 7).toLowerCase() === "mailto:") [text] = text.slice(7).split("?");
  for (const pair of PAIRS) {
    if (text.length > 1 && text[0] === pair[0] && text.at(-1) === pair[1]) text = text.slice(1, -1);
  }
  return text.trim();
}

export function suggestion(pasted, lists) {
  const address = takenOut(pasted);
  const once = writtenOnce(address.includes("@") ? address : address.replace(/[([{]at[)\]}]| at /i, "@"));
  const at = once.lastIndexOf("@");
  const local = once.slice(0, Math.max(at, 0)).trim();
  const typed = once.slice(at + 1);
  const meant = meantDomain(dotted(typed.toLowerCase()), lists);
  if (!local || !meant || (meant === typed.toLowerCase() && `${local}@${typed}` === address)) return "";
  return `${local}@${meant}`;
}

function writtenOnce(address) {
  const middle = Math.floor(address.length / 2);
  const odd = address.length % 2;
  const [once, again] = [address.slice(0, middle), address.slice(middle + odd)];
  const isTwice = once === again && once.split("@").length === 2 && !once.startsWith("@") && !once.endsWith("@");
  return isTwice && (!odd || " ,;".includes(address[middle])) ? once : address;
}

function dotted(domain) {
  let labels = domain.split(/[.,;]/).map((label) => label.trim()).filter(Boolean);
  if (labels.length === 1) labels = labels[0].split(" ");
  return labels.some((label) => label.includes(" ")) ? domain : labels.join(".");
}

function meantDomain(typed, { asksFor, leftAlone, mistypedEndings }) {
  const middle = Math.floor(typed.length / 2);
  const half = typed.slice(0, middle);
  const domain = half === typed.slice(middle) && strip(half, ".").includes(".") ? half : typed;
  const dot = domain.lastIndexOf(".");
  const ending = dot > 0 && mistypedEndings.get(domain.slice(dot + 1));
  const spelled = ending ? `${domain.slice(0, dot)}.${ending}` : domain;
  if (leftAlone.has(spelled)) return spelled;
  return asksFor.find((known) => isHalf(spelled, known) || isOneSlip(spelled, known)) ?? spelled;
}

function isHalf(typed, known) {
  const name = known.slice(0, known.indexOf("."));
  const ending = known.slice(name.length + 1);
  const isCut = typed.length > name.length && known.startsWith(typed) && !known.slice(typed.length).startsWith(".");
  return typed === name || isCut || [`${known}.${ending}`, `${known}${ending}`, `${known}.${known}`].includes(typed);
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
  field.form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.name !== "switch_to" && meant && about === field.value.trim() && Date.now() - since > SEEN_AFTER) asked.value = about;
  });
}

for (const place of document.querySelectorAll("[data-did-you-mean]")) watch(place);
