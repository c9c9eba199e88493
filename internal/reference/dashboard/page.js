"use strict";
(() => {
  const state = document.getElementById("state");
  const button = document.getElementById("pause");
  const parts = [...document.querySelectorAll("[data-part]")];
  const shown = new Map();
  let paused = false, latest = null;

  const say = (text) => { if (state.textContent !== text) state.textContent = text; };

  // What the reader has opened and where the focus is outlive the new content.
  const put = (part, html) => {
    const open = [...part.querySelectorAll("details[open]")].map((d) => d.id);
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };

  const show = (frame) => {
    for (const part of parts) {
      const html = frame[part.dataset.part];
      if (html === undefined || html === shown.get(part)) continue;
      shown.set(part, html);
      put(part, html);
    }
  };

  const source = new EventSource("live");
  source.onmessage = (event) => {
    latest = JSON.parse(event.data);
    if (paused) return;
    say("Live");
    show(latest);
  };
  source.onerror = () => {
    if (paused) return;
    say(source.readyState === EventSource.CLOSED ? "Not live: reload the page to try again" : "Connection lost: trying again");
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    paused = !paused;
    button.textContent = paused ? "Resume" : "Pause";
    say(paused ? "Paused" : "Live");
    if (!paused && latest) show(latest);
  });
  say("Connecting");
})();
