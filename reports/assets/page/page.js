// The page itself: its tools, and how a page that is live is kept up to date.
//
// Another script may dispatch these events on document; nothing else of this script can be reached from outside:
//
//   muster:points    detail is a patch: values of charts that have changed (chart.Patch of the Go half)
//   muster:block     detail is the whole data of all charts (chart.Block), when a patch does not do
//   muster:fragment  detail is {id, html}: an element of the page, such as a panel or a group of charts, anew. A group
//                    with charts that the page did not have comes before the block with their data
(() => {
  // Light or dark, if the reader wants it otherwise than the system does; remembered where pages may remember.
  const root = document.documentElement, button = document.getElementById("scheme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const kept = { get: () => { try { return localStorage.getItem("scheme"); } catch { return null; } },
    set: (v) => { try { localStorage.setItem("scheme", v); } catch { /* it is forgotten with the page */ } } };
  const dark = () => (root.dataset.scheme ? root.dataset.scheme === "dark" : system.matches);
  const shown = () => { button.textContent = dark() ? "Light" : "Dark"; stages.recolour(); };
  if (["light", "dark"].includes(kept.get())) root.dataset.scheme = kept.get();
  button.addEventListener("click", () => { root.dataset.scheme = dark() ? "light" : "dark"; kept.set(root.dataset.scheme); shown(); });
  system.addEventListener("change", shown);

  document.getElementById("whole").addEventListener("click", () => stages.zoom(null));
  document.getElementById("operation")?.addEventListener("change", (event) => {
    model.state.operation = event.target.value;
    stages.renew();
  });

  // What the reader has opened, and where the focus is, outlive new content.
  const put = ({ id, html }) => {
    const old = document.getElementById(id);
    if (!old) return;
    const opened = new Map([...old.querySelectorAll("details[id]")].map((d) => [d.id, d.open]));
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.outerHTML = html;
    const fresh = document.getElementById(id);
    for (const details of fresh.querySelectorAll("details[id]")) if (opened.has(details.id)) details.open = opened.get(details.id);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    stages.adopt(fresh);
  };
  document.addEventListener("muster:fragment", (event) => put(event.detail));
  document.addEventListener("muster:points", (event) => stages.renew(model.patch(event.detail)));
  document.addEventListener("muster:block", (event) => {
    stages.restart();
    model.replace(event.detail);
    stages.adopt(document);
    stages.renew();
  });

  document.getElementById("tools").hidden = false;
  stages.adopt(document);
  shown();
})();
