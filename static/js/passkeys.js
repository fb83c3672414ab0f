// Asks the browser for a passkey, or for a new one, and sends its answer with the form.
// What is said when it fails stands in the page, in the reader's language.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function asked(options) {
  const wanted = { ...options, challenge: bytes(options.challenge) };
  if (options.user) {
    wanted.user = { ...options.user, id: bytes(options.user.id) };
    wanted.excludeCredentials = known(options.excludeCredentials);
  } else {
    wanted.allowCredentials = known(options.allowCredentials);
  }
  return { publicKey: wanted };
}

function answered(credential) {
  const said = credential.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (said[part]) response[part] = text(said[part]);
  }
  if (said.getTransports) response.transports = said.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, {
    headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return (await answer.json()).request_options.publicKey;
}

// Which sentence of the page fits.
function wordsFor(error) {
  if (error.name === "NotAllowedError" || error.name === "AbortError") return "cancelled";
  if (error.name === "InvalidStateError") return "there-already";
  if (error.name === "SecurityError") return "wrong-address";
  return "failed";
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const notice = form.querySelector("[data-passkey-notice]");
  const say = (words) => {
    for (const one of notice.children) one.hidden = one.dataset.when !== words;
    notice.hidden = !words;
  };
  if (!window.PublicKeyCredential) {
    say("not-here");
    continue;
  }
  button.disabled = false;
  say("");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const wanted = asked(await optionsOf(form));
      const made = form.dataset.passkey === "add";
      const container = navigator.credentials;
      const credential = await (made ? container.create(wanted) : container.get(wanted));
      form.elements.credential.value = JSON.stringify(answered(credential));
      form.submit();
    } catch (error) {
      say(wordsFor(error));
      button.disabled = false;
    }
  });
}
