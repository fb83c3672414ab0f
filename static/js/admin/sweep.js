// Keeps the numbers of a sweep fresh while somebody watches it.
const EVERY = 1_000;
const place = document.querySelector("[data-progress]");
const format = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: true });

async function refresh() {
  const began = Date.now();
  if (!document.hidden) await ask();
  // A long answer costs the database something: then ask less often.
  setTimeout(refresh, Math.max(EVERY, 4 * (Date.now() - began)));
}

async function ask() {
  try {
    const response = await fetch(place.dataset.progress);
    if (response.ok) show(await response.json());
  } catch {
    // Offline or signed out: the last numbers stand.
  }
}

function show(told) {
  if (told.state !== place.dataset.state) {
    location.reload(); // other buttons fit now
    return;
  }
  for (const cell of place.querySelectorAll("[data-number]")) {
    cell.textContent = format.format(told[cell.dataset.number]);
  }
  const bar = place.querySelector("progress");
  bar.max = told.of;
  bar.value = told.gone;
}

if (place) setTimeout(refresh, EVERY);
