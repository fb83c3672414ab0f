// Keeps the number of a letter fresh while somebody looks at the page.
const EVERY = 10_000;
const place = document.querySelector("[data-live-count]");
const format = new Intl.NumberFormat(document.documentElement.lang, { useGrouping: true });

async function refresh() {
  if (document.hidden) return;
  try {
    const response = await fetch(place.dataset.liveCount, { credentials: "omit", cache: "no-cache" });
    const { count } = await response.json();
    if (response.ok && Number.isSafeInteger(count) && count >= 0) show(count);
  } catch {
    // Offline: the last number stands.
  }
}

function show(count) {
  for (const number of place.querySelectorAll("data[data-count]")) {
    if (number.value === String(count)) continue;
    number.value = String(count);
    number.textContent = format.format(count);
  }
  for (const progress of place.querySelectorAll("[data-progress]")) progress.value = count;
}

if (place) {
  setInterval(refresh, EVERY);
  document.addEventListener("visibilitychange", refresh);
}
