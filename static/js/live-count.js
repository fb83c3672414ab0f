// Keeps the number of a letter fresh while somebody looks at the page, and every word that depends on it.
// The words come with the page, as templates in its language; openletter/counters/words.py says the same in Python.
const EVERY = 10_000;
const place = document.querySelector("[data-live-count]");
const language = document.documentElement.lang;
const format = new Intl.NumberFormat(language, { useGrouping: true });
const plurals = new Intl.PluralRules(language);
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(place.dataset.liveCount, { credentials: "omit", cache: "no-cache" });
    const answer = await response.json();
    if (response.ok && isCount(answer.count)) show(answer);
  } catch {
    // Offline: the last number stands.
  }
}

function show({ count, goal, by_version: byVersion }) {
  each("data[data-count]", (number) => {
    if (number.value === String(count)) return;
    number.value = String(count);
    number.textContent = format.format(count);
  });
  each("[data-progress]", (bar) => showProgress(bar, count, goal));
  each("[data-goal-ahead]", (words) => showGoal(words, count, goal));
  each("[data-versions]", (words) => say(words, aboutVersions(JSON.parse(words.dataset.versions), byVersion)));
  each("[data-others]", (words) => say(words, aboutOthers(words.dataset, count)));
  each("[data-while-nobody]", (words) => (words.hidden = count > 0));
}

function each(selector, act) {
  for (const element of place.querySelectorAll(selector)) act(element);
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}

function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? format.format(values[name]) : whole));
}

function showProgress(bar, count, goal) {
  bar.hidden = !goal;
  if (!goal) return;
  bar.max = goal;
  bar.value = count;
  bar.setAttribute("aria-label", filled(bar.dataset.progress, { goal }));
}

function showGoal(words, count, goal) {
  say(words, goal ? filled(count >= goal ? words.dataset.goalReached : words.dataset.goalAhead, { goal }) : "");
}

/** How many signed another text than the newest, which is the last one. */
function aboutVersions(templates, byVersion) {
  const versions = Object.entries(byVersion ?? {}).map(([number, count]) => [Number(number), count]);
  versions.sort(([one], [other]) => one - other);
  const [, ofNewest] = versions.pop() ?? [0, 0];
  const earlier = versions.filter(([, count]) => count > 0);
  if (!earlier.length) return "";
  const template = templates[`${ofNewest ? "some" : "all"}_under_${earlier.length === 1 ? "one" : "earlier"}`];
  const sum = earlier.reduce((total, [, count]) => total + count, 0);
  return filled(template, { version: earlier[0][0], earlier: sum });
}

/** How many signed besides the names on this page. How many of them hide their name, or had it deleted, is as old as the page. */
function aboutOthers({ others, shown, unnamed: hidden, erased }, count) {
  const more = count - Number(shown) - Number(erased);
  if (more <= 0) return "";
  const unnamed = Math.min(Number(hidden), more);
  const templates = JSON.parse(others);
  if (shown === "0") {
    return unnamed === more ? inPlural(templates.only_unnamed, unnamed, { unnamed }) : inPlural(templates.not_shown_yet, more, { more });
  }
  if (!unnamed) return inPlural(templates.more, more, { more });
  const forms = unnamed === more ? templates.more_unnamed : templates.more_some_unnamed;
  return inPlural(forms, unnamed, { more, unnamed });
}

/** Chooses the form whose example has the same plural as the number. */
function inPlural(forms, number, values) {
  const category = plurals.select(number);
  const [, form] = forms.find(([example]) => plurals.select(example) === category) ?? forms.at(-1);
  return filled(form, values);
}

if (place) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
