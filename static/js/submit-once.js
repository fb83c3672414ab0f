// A form that is on its way is not sent twice; coming back to the page frees it.
const PATIENCE = 15_000;

function free(form) {
  for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = false;
}

for (const form of document.querySelectorAll("form[data-submit-once]")) {
  form.addEventListener("submit", (event) => {
    setTimeout(() => {
      if (event.defaultPrevented) return;
      for (const button of form.querySelectorAll("button[type=submit]")) button.disabled = true;
    });
    setTimeout(free, PATIENCE, form); // the visitor pressed stop, or the network gave up
  });
  addEventListener("pageshow", () => free(form));
}
