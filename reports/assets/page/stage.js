// Where charts are: each figure of the page gets its lines when it comes near the reader's eyes, in place of its picture,
// and all that lie over time move together.
const stages = (() => {
  const all = new Map(); // by the id of the chart
  const said = document.getElementById("said");
  const say = (words) => { said.textContent = words; };

  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) all.get(entry.target.dataset.chart)?.mount();
  }, { rootMargin: "300px" });
  const resized = new ResizeObserver((entries) => {
    for (const entry of entries) all.get(entry.target.closest("figure")?.dataset.chart)?.fit();
  });

  const timed = () => [...all.values()].filter((s) => s.plot && !s.chart.nines);

  // Shows a stretch of time in every chart that lies over time; null is all of it.
  const zoom = (range) => {
    model.state.range = range;
    for (const s of timed()) {
      const [min, max] = model.seen(s.chart);
      s.plot.setScale("x", { min, max });
    }
    document.getElementById("whole").hidden = range === null;
    say(range ? `Showing ${text.clock(range[0])} to ${text.clock(range[1])}` : "Showing the whole time");
  };

  // A stretch within the whole, of four points at least; the whole is none.
  const within = (chart, from, to) => {
    const [lo, hi] = model.whole(chart), least = 4 * model.step, width = Math.max(least, to - from);
    if (width >= hi - lo) return null;
    const start = Math.min(Math.max(lo, from), hi - width);
    return [start, start + width];
  };

  class Stage {
    constructor(figure) {
      this.figure = figure;
      this.id = figure.dataset.chart;
      this.frame = figure.querySelector(".plot");
      this.plot = null;
      this.index = null; // of the point that the cursor is at
      this.dress();
      near.observe(figure);
    }

    get chart() { return model.chart(this.id); }

    // The legend becomes buttons with values, the picture something that takes the keyboard.
    dress() {
      this.values = [...this.figure.querySelectorAll(".legend li:not(.scale)")].map((item, i) => {
        const button = document.createElement("button"), value = document.createElement("output");
        button.type = "button";
        button.setAttribute("aria-pressed", String(!model.off(this.id).has(i)));
        button.append(...item.childNodes);
        button.addEventListener("click", () => this.toggle(i, button));
        item.append(button, value);
        return value;
      });
      const slider = { role: "slider", tabindex: "0", "aria-label": this.chart.title + ": arrow keys read it point by point",
        "aria-valuemin": "0", "aria-valuemax": String(Math.max(0, model.places(this.chart).length - 1)), "aria-valuenow": "0", "aria-valuetext": "no point chosen" };
      for (const [name, value] of Object.entries(slider)) this.frame.setAttribute(name, value);
      this.frame.addEventListener("focus", () => this.mount()); // lines are there before the first key
      this.frame.addEventListener("keydown", (event) => this.press(event));
      this.instant = document.createElement("span");
      this.instant.className = "instant";
      this.instant.hidden = true;
      this.frame.append(this.instant);
    }

    mount() {
      if (this.plot || !this.frame.clientWidth) return;
      near.unobserve(this.figure);
      const timed = !this.chart.nines;
      const options = draw.options(this.chart, this.frame.clientWidth, this.frame.clientHeight, {
        cursor: {
          y: false, points: { size: 7 }, drag: { x: timed, y: false, setScale: false, dist: 4 },
          sync: timed ? { key: "time", setSeries: false, scales: ["x", null] } : undefined,
          bind: { dblclick: () => () => { if (timed) zoom(null); return null; } },
        },
        hooks: { setCursor: [() => this.read()], setSelect: [(u) => this.select(u)] },
      });
      this.frame.classList.add("moving");
      this.plot = new uPlot(options, draw.data(this.chart), this.frame);
      model.off(this.id).forEach((i) => this.plot.setSeries(draw.at(this.chart, i), { show: false }));
      resized.observe(this.frame);
    }

    unmount() {
      near.unobserve(this.figure);
      resized.unobserve(this.frame);
      this.plot?.destroy();
      this.plot = null;
      this.frame.classList.remove("moving");
    }

    fit() {
      const width = this.frame.clientWidth, height = this.frame.clientHeight;
      if (this.plot && width && (width !== this.plot.width || height !== this.plot.height)) this.plot.setSize({ width, height });
    }

    // Draws anew what the model holds now.
    renew() {
      this.frame.setAttribute("aria-valuemax", String(Math.max(0, model.places(this.chart).length - 1)));
      const of = model.variant(this.chart)?.name;
      if (of) this.figure.dataset.of = of; else delete this.figure.dataset.of;
      if (!this.plot) return;
      this.plot.setData(draw.data(this.chart), true);
      this.read();
    }

    toggle(i, button) {
      const off = model.off(this.id), show = off.has(i);
      if (show) off.delete(i); else off.add(i);
      button.setAttribute("aria-pressed", String(show));
      this.mount();
      this.plot?.setSeries(draw.at(this.chart, i), { show });
      if (this.chart.stacked) this.renew();
    }

    select(u) {
      const { left, width } = u.select;
      if (width < 4) return;
      zoom(within(this.chart, u.posToVal(left, "x"), u.posToVal(left + width, "x")));
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }

    // Tells the values at the cursor.
    read() {
      const index = this.plot?.cursor.idx ?? null, points = index === null ? [] : model.at(this.chart, index), words = [];
      this.index = index;
      this.values.forEach((value, i) => {
        const s = this.chart.series[i];
        value.textContent = index === null ? "" : text.value(s.right ? this.chart.right : this.chart.unit, points[i]);
        if (index !== null) words.push(s.name + " " + value.textContent);
      });
      this.instant.hidden = index === null;
      if (index === null) return;
      const place = model.places(this.chart)[index], when = (this.chart.nines ? text.nine : text.clock)(place);
      this.instant.textContent = when;
      this.instant.style.left = Math.round(this.plot.over.offsetLeft + this.plot.valToPos(place, "x")) + "px";
      this.frame.setAttribute("aria-valuenow", String(index));
      this.frame.setAttribute("aria-valuetext", when + ": " + words.join(", "));
    }

    move(to) {
      this.mount();
      const places = model.places(this.chart), [lo, hi] = model.seen(this.chart);
      const first = places.findIndex((p) => p >= lo), last = places.findLastIndex((p) => p <= hi);
      if (!this.plot || first < 0) return;
      const place = places[Math.min(last, Math.max(first, to(this.index, first, last)))];
      this.plot.setCursor({ left: this.plot.valToPos(place, "x"), top: 1 }, true, true);
    }

    // Arrow keys move the cursor, by ten with shift; plus and minus zoom about it; Escape shows all.
    press(event) {
      const step = event.shiftKey ? 10 : 1, [lo, hi] = model.seen(this.chart);
      const middle = this.index === null ? (lo + hi) / 2 : model.places(this.chart)[this.index];
      const about = (factor) => () => zoom(within(this.chart, middle - (middle - lo) * factor, middle + (hi - middle) * factor));
      const acts = {
        ArrowRight: () => this.move((i, first) => (i === null ? first : i + step)),
        ArrowLeft: () => this.move((i, first, last) => (i === null ? last : i - step)),
        Home: () => this.move((i, first) => first), End: () => this.move((i, first, last) => last),
        ...(this.chart.nines ? {} : { "+": about(0.5), "=": about(0.5), "-": about(2), Escape: () => zoom(null) }),
      };
      if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      acts[event.key]();
    }
  }

  // Takes up the figures of an element that are not on stage, and drops those that are not in the page any more.
  const adopt = (root) => {
    for (const [id, s] of all) if (!s.figure.isConnected) { s.unmount(); all.delete(id); }
    for (const figure of root.querySelectorAll("figure[data-chart]")) {
      const id = figure.dataset.chart;
      if (!all.has(id) && model.chart(id)) all.set(id, new Stage(figure));
    }
  };

  const renew = (ids) => { for (const [id, s] of all) if (!ids || ids.includes(id)) s.renew(); };

  // Other charts than before: everything is set up anew.
  const restart = () => {
    for (const s of all.values()) { s.unmount(); near.observe(s.figure); }
  };

  // The colours have changed.
  const recolour = () => { draw.forget(); for (const s of all.values()) s.plot?.redraw(true, true); };

  return { adopt, renew, restart, recolour, zoom };
})();
