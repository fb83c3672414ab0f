/**
 * A live number of signatures for any page:
 *
 *   <script type="module" src="https://letters.example/embed/openletter.js"></script>
 *   <open-letter-counter letter="https://letters.example/my-letter/">Thousands</open-letter-counter> have signed.
 *
 * `letter` is the letter's address, or its slug on the site that serves this script. The words between the tags
 * stay until a number has arrived, and for good when none does. To replace only a part of them, mark that part:
 *
 *   <open-letter-counter letter="my-letter">Join <b data-count>thousands of</b> people</open-letter-counter>
 *
 * Words that depend on the number can follow it; each is a part that is marked in the same way:
 *
 *   <span data-one="person has signed" data-other="people have signed">people have signed</span>
 *   <span data-goal-ahead="of {goal}" data-goal-reached="more than the {goal} we hoped for"></span>
 *   <span data-earlier="({earlier} of them under an earlier text)" data-all-earlier="(all under an earlier text)"></span>
 *
 * The first takes one attribute for each plural of the page's language (data-few, data-many …). The last is for a
 * letter whose text has changed. To say how many signed each version, add <small data-by-version></small>, which is
 * empty until the text has changed; without either, pointing at the number tells it, on a screen that is touched nothing.
 *
 * Each new number is announced to the page by an "openletter:count" event.
 * No cookies, no styles, no dependencies. The host's CSP needs script-src and connect-src for the letters' site.
 */
const EVERY = 15_000;
const LONGEST = 10 * 60_000;
const PATIENCE = 10_000;
const SLUG = /^[\p{L}\p{N}_-]+$/u;
const LANGUAGE = /^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i;

/** Where the numbers of a letter are, or null. Every language of a letter has the same numbers. */
function countAddress(letter) {
  try {
    const url = SLUG.test(letter) ? new URL(`/${letter}/`, import.meta.url) : new URL(letter);
    if (!["http:", "https:"].includes(url.protocol)) return null;
    const parts = url.pathname.split("/").filter(Boolean);
    if (!parts.length) return null;
    if (parts.length === 2 && LANGUAGE.test(parts[0])) parts.shift();
    // Addresses of letters are in small letters; elsewhere a letter is found in capitals too.
    return new URL(`/${parts.join("/").toLowerCase()}/count.json`, url).href;
  } catch {
    return null;
  }
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** How many signed each version, oldest first; nothing when the site does not say. */
function versionsIn(answer) {
  const versions = Object.entries(answer ?? {}).map(([number, count]) => [Number(number), count]);
  return versions.filter((pair) => pair.every(isCount)).sort(([one], [other]) => one - other);
}

class OpenLetterCounter extends HTMLElement {
  static observedAttributes = ["letter"];
  #address = null;
  #errors = 0;
  #due = 0;
  #timer = 0;
  #request = null;
  #inView = false;
  #observer = null;
  #hasTitle = false; // of ours
  #wake = () => this.#plan();

  connectedCallback() {
    this.#observer = new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1).isIntersecting;
      this.#plan();
    });
    this.#observer.observe(this);
    document.addEventListener("visibilitychange", this.#wake);
    this.#restart();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#wake);
    this.#observer.disconnect();
    this.#inView = false;
    this.#stop();
  }

  attributeChangedCallback() {
    if (this.isConnected && this.#observer) this.#restart();
  }

  #restart() {
    this.#stop();
    this.#address = countAddress(this.getAttribute("letter")?.trim() ?? "");
    this.#errors = 0;
    this.#due = 0;
    this.#plan();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = null;
  }

  /** Asks when it is time and somebody can see the answer. */
  #plan() {
    clearTimeout(this.#timer);
    if (!this.#address || !this.#inView || document.hidden || this.#request) return;
    this.#timer = setTimeout(() => this.#refresh(), Math.max(0, this.#due - Date.now()));
  }

  async #refresh() {
    const request = (this.#request = new AbortController());
    const givingUp = setTimeout(() => request.abort(), PATIENCE);
    try {
      const response = await fetch(this.#address, { credentials: "omit", cache: "no-cache", signal: request.signal });
      const answer = await response.json();
      if (!response.ok || !isCount(answer?.count)) throw new TypeError("This is not a number of signatures.");
      if (this.#request !== request) return; // meanwhile the element left, or was given another letter
      this.#errors = 0;
      this.#show(answer);
    } catch {
      // Offline, blocked or not a letter: leave the last number, or the page's own words.
      if (this.#request === request) this.#errors += 1;
    } finally {
      clearTimeout(givingUp);
      if (this.#request === request) {
        this.#request = null;
        const wait = Math.min(EVERY * 2 ** this.#errors, LONGEST);
        this.#due = Date.now() + wait * (0.9 + Math.random() * 0.2);
        this.#plan();
      }
    }
  }

  #show(answer) {
    const [people, organisations, goal] = [answer.people, answer.organisations, answer.goal]
      .map((value) => (isCount(value) ? value : null));
    const { count } = answer;
    const byVersion = versionsIn(answer.by_version);
    this.#say(this.querySelector("[data-count]") ?? this, "{count}", { count });
    for (const part of this.querySelectorAll("[data-other]")) {
      const category = this.#intl(Intl.PluralRules).select(count);
      this.#say(part, part.getAttribute(`data-${category}`) ?? part.dataset.other, { count });
    }
    for (const part of this.querySelectorAll("[data-goal-ahead]")) {
      const { goalAhead, goalReached = goalAhead } = part.dataset;
      this.#say(part, goal ? (count >= goal ? goalReached : goalAhead) : "", { count, goal });
    }
    this.#showVersions(count, byVersion);
    const detail = { count, people, organisations, goal, byVersion: Object.fromEntries(byVersion) };
    this.dispatchEvent(new CustomEvent("openletter:count", { detail, bubbles: true }));
  }

  /** A number under a text that has changed says how many signed another one. */
  #showVersions(count, byVersion) {
    const earlier = byVersion.slice(0, -1).reduce((sum, [, signed]) => sum + signed, 0);
    const parts = this.querySelectorAll("[data-earlier]");
    for (const part of parts) {
      const { earlier: some, allEarlier: all = some } = part.dataset;
      this.#say(part, earlier ? (earlier < count ? some : all) : "", { count, earlier });
    }
    const format = this.#intl(Intl.NumberFormat);
    const each = byVersion.map(([number, signed]) => `v${number}: ${format.format(signed)}`).join(" · ");
    const listed = this.querySelectorAll("[data-by-version]");
    for (const part of listed) this.#say(part, earlier ? each : "", {});
    if (parts.length || listed.length) return;
    if (earlier) this.title = each;
    else if (this.#hasTitle) this.removeAttribute("title");
    this.#hasTitle = earlier > 0;
  }

  #say(part, template, values) {
    const format = this.#intl(Intl.NumberFormat);
    const words = template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? format.format(values[name]) : whole));
    if (part.textContent !== words) part.textContent = words;
  }

  #intl(Kind) {
    try {
      return new Kind(this.closest("[lang]")?.lang || undefined);
    } catch {
      return new Kind(); // the page's lang is not a language tag
    }
  }
}

if (!customElements.get("open-letter-counter")) customElements.define("open-letter-counter", OpenLetterCounter);
