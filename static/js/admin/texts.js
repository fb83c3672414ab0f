// A text that is added is in the next language that has none yet.
document.addEventListener("formset:added", (event) => {
  const added = event.target.querySelector("select[name$=-language]");
  if (!added) return;
  const taken = new Set();
  for (const other of document.querySelectorAll("select[name$=-language]")) {
    if (other !== added && !other.name.includes("__prefix__")) taken.add(other.value);
  }
  const next = [...added.options].find((option) => option.value && !taken.has(option.value));
  if (taken.has(added.value)) added.value = next?.value ?? "";
});
