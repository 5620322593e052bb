// What makes the pages nicer where scripts run. Nothing here is needed: every page works without it.

// A form marked data-once is sent once: a second click while the first is under way does nothing.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}
// Back from the browser's cache: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

// A page that only hands values on goes by itself, at once or after so many seconds.
for (const form of document.querySelectorAll("form[data-auto]")) {
  if (form.dataset.after) setTimeout(() => form.requestSubmit(), Number(form.dataset.after) * 1000);
  else form.requestSubmit();
}

// A code field sends its form when the code is whole, once for each code.
for (const field of document.querySelectorAll("input[data-submit-at]")) {
  if (field.getAttribute("aria-invalid")) field.select();
  let sent = "";
  field.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "");
    if (digits.length !== Number(field.dataset.submitAt) || digits === sent) return;
    sent = digits;
    field.value = digits;
    field.form.requestSubmit();
  });
}

// A button with data-wait can be pressed after so many seconds, and says so.
for (const button of document.querySelectorAll("button[data-wait]")) {
  const label = button.textContent;
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${label} in ${left} s` : label;
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
}

// The tab that waits for a code goes on when the link was used: 204 means wait, {"go": path} go.
for (const form of document.querySelectorAll("form[data-poll]")) {
  const started = Date.now();
  const ask = async () => {
    if (Date.now() - started > 15 * 60 * 1000 || form.dataset.sent) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(form.dataset.poll, { headers: { accept: "application/json" } });
        if (answer.status === 200) {
          const { go } = await answer.json();
          const target = new URL(go, location.href);
          if (target.origin === location.origin) return location.replace(target);
        } else if (answer.status >= 400) {
          return;
        }
      } catch {
        // Offline for a moment: ask again.
      }
    }
    setTimeout(ask, 3000);
  };
  setTimeout(ask, 3000);
}

// Copy buttons appear where the clipboard can be written to.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const label = button.textContent;
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = label), 1500);
    });
  }
}
