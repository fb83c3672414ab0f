// Shows a "copy the link" button where the browser can copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy-link]")) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copyLink);
      } catch {
        return; // not allowed: the address beside the button can still be copied by hand
      }
      button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = words; }, 2_000);
    });
  }
}
