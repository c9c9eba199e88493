// How a chart looks: from its data to the options of uPlot. Rooms, ticks, hues and order are those of the SVG pictures.
const draw = (() => {
  const room = { left: 56, right: 26, top: 12, bottom: 26 };
  const font = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';
  const shades = [0, 0.1, 0.17, 0.26, 0.37, 0.5, 0.65, 0.82, 1];

  // Colours come from the style sheet, so that they follow the scheme; they are asked for once in each scheme.
  let known = new Map();
  const colour = (name) => {
    if (!known.has(name)) {
      const probe = document.createElement("i");
      probe.className = "probe " + name;
      document.body.append(probe);
      known.set(name, getComputedStyle(probe).color);
      probe.remove();
    }
    return known.get(name);
  };
  const forget = () => { known = new Map(); };
  const washed = (name, alpha) => colour(name).replace(/^rgb\(([^)]*)\)$/, `rgba($1, ${alpha})`);

  const nice = (v) => {
    const power = 10 ** Math.floor(Math.log10(v));
    return ([1, 2, 5].find((m) => m * power >= v * (1 - 1e-9)) ?? 10) * power;
  };
  const linear = (most, unit) => {
    let scale = 1;
    while (unit === "bytes" && most / scale >= 1024) scale *= 1024;
    const step = nice((most > 0 ? most : 1) / scale / 4) * scale;
    return { step, top: Math.ceil((most > 0 ? most : 1) / step - 1e-9) * step };
  };
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400];
  const multiples = (lo, hi, step) => {
    const all = [];
    for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi * (1 + 1e-9); i++) all.push(i * step + 0); // no negative nothing
    return all;
  };
  const decades = (lo, hi) => multiples(Math.log10(lo), Math.log10(hi), 1).map((e) => 10 ** e);

  // The least and the greatest of what the left axis must hold beside its lines.
  const besides = (c) => {
    const all = c.limit ? [c.limit.value] : [];
    if (c.heat) {
      const used = c.heat.columns.filter(Boolean);
      const edge = (bucket) => c.heat.lowest * 10 ** (bucket / c.heat.per_decade);
      if (used.length) all.push(edge(Math.min(...used.map((s) => s.search(/[1-9]/)))), edge(Math.max(...used.map((s) => s.length))));
    }
    return all;
  };

  const range = (c, unit, log) => (u, low, high) => {
    const all = [low, high, ...(unit === c.right ? [] : besides(c))].filter((v) => v !== null && v !== undefined && isFinite(v) && v > 0);
    if (!log) return [0, linear(Math.max(0, ...all), unit).top];
    if (!all.length) return [100, 1000];
    const first = Math.floor(Math.log10(Math.min(...all)) + 1e-9);
    return [10 ** first, 10 ** Math.max(first + 1, Math.ceil(Math.log10(Math.max(...all)) - 1e-9))];
  };

  const axes = (c) => {
    const common = { font, stroke: () => colour("soft"), ticks: { show: false }, border: { show: false }, filter: (u, splits) => splits };
    const upright = (scale, unit, log) => ({
      ...common, scale, size: room.left, gap: 8, side: scale === "y" ? 3 : 1,
      grid: { show: scale === "y", stroke: () => colour("line"), width: 1 },
      splits: (u, i, lo, hi) => (log ? decades(lo, hi) : multiples(0, hi, linear(hi, unit).step)),
      values: (u, splits) => splits.map(text.tick(unit)),
    });
    const level = {
      ...common, size: room.bottom, gap: 6, grid: { show: false },
      splits: (u, i, lo, hi) => multiples(lo, hi, c.nines ? 1 : steps.find((s) => (hi - lo) / s <= Math.max(2, u.bbox.width / devicePixelRatio / 75)) ?? (hi - lo) / 4),
      values: (u, splits) => splits.map(c.nines ? text.nine : text.clock),
    };
    return [level, upright("y", c.unit, c.log), ...(c.right ? [upright("right", c.right, false)] : [])];
  };

  // A point between two gaps is a dot, which a line would not show.
  const lonely = (u, i) => u.data[i].flatMap((v, k, all) => (v !== null && (all[k - 1] ?? null) === null && (all[k + 1] ?? null) === null ? [k] : []));
  const line = (c, s) => {
    const name = s.class.split(" ")[0], thin = s.class.includes("thin");
    const common = { scale: s.right ? "right" : "y", stroke: () => colour(name) };
    if (s.dots) return { ...common, paths: () => null, points: { show: true, size: 4, width: 0, fill: () => colour(name) } };
    return {
      ...common, width: thin ? 1 : 2, dash: s.class.includes("dash") ? [6, 5] : undefined,
      fill: c.stacked ? () => colour(name) : s.filled ? () => washed(name, name === "pale" ? 0.28 : 0.14) : undefined,
      points: { show: true, size: 4, width: 0, fill: () => colour(name), filter: lonely },
    };
  };

  // Series of a stack are drawn from the top down, each over the one before: at is where series i of a chart is in uPlot.
  const at = (c, i) => (c.stacked ? c.series.length - i : i + 1);
  const data = (c) => {
    const columns = model.columns(c);
    return [model.places(c), ...(c.stacked ? columns.reverse() : columns)];
  };

  const clipped = (u, paint) => {
    u.ctx.save();
    u.ctx.beginPath();
    u.ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    u.ctx.clip();
    paint(u.ctx);
    u.ctx.restore();
  };
  const x = (u, v) => u.valToPos(v, "x", true);

  // Below the lines: the warm-up, and the heat map's cells.
  const below = (c) => (u) => clipped(u, (ctx) => {
    if (!c.nines && model.warmup > 0) {
      ctx.fillStyle = colour("faint");
      ctx.fillRect(x(u, 0), u.bbox.top, x(u, model.warmup) - x(u, 0), u.bbox.height);
    }
    if (!c.heat) return;
    const edge = (bucket) => u.valToPos(c.heat.lowest * 10 ** (bucket / c.heat.per_decade), "y", true);
    const edges = Array.from({ length: 1 + Math.max(0, ...c.heat.columns.map((s) => s.length)) }, (_, i) => Math.round(edge(i)));
    ctx.fillStyle = colour("first");
    c.heat.columns.forEach((column, i) => {
      const left = Math.round(x(u, i * model.step)), wide = Math.round(x(u, (i + 1) * model.step)) - left;
      if (left > u.bbox.left + u.bbox.width || left + wide < u.bbox.left) return;
      for (let bucket = 0; bucket < column.length; bucket++) {
        ctx.globalAlpha = shades[column[bucket]];
        if (ctx.globalAlpha) ctx.fillRect(left, edges[bucket + 1], wide, edges[bucket] - edges[bucket + 1]);
      }
    });
  });

  // Over them: the limit, and late seconds below the axis.
  const above = (c) => (u) => {
    const { ctx, bbox } = u, dpr = devicePixelRatio;
    ctx.save();
    if (c.limit) {
      const y = u.valToPos(c.limit.value, "y", true);
      ctx.strokeStyle = colour("alarm");
      ctx.lineWidth = 1.5 * dpr;
      ctx.setLineDash([2 * dpr, 4 * dpr]);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.fillStyle = colour("soft");
      ctx.font = font.replace("12px", 12 * dpr + "px");
      ctx.textAlign = "right";
      ctx.fillText(c.limit.text, bbox.left + bbox.width, y - 5 * dpr);
    }
    ctx.fillStyle = colour("amber");
    for (const [first, last] of c.nines ? [] : model.late) {
      const left = Math.max(bbox.left, x(u, first)), right = Math.min(bbox.left + bbox.width, x(u, last + 1));
      if (right > left) ctx.fillRect(left, bbox.top + bbox.height, Math.max(1.5 * dpr, right - left), 5 * dpr);
    }
    ctx.restore();
  };

  const options = (c, width, height, more) => ({
    width, height, padding: [room.top, c.right ? 0 : room.right, 0, 0], legend: { show: false },
    scales: {
      x: { time: false, range: () => model.seen(c) },
      y: { distr: c.log ? 3 : 1, range: range(c, c.unit, c.log) },
      ...(c.right ? { right: { range: range(c, c.right, false) } } : {}),
    },
    axes: axes(c),
    series: [{}, ...(c.stacked ? [...c.series].reverse() : c.series).map((s) => line(c, s))],
    bands: c.series.flatMap((s, i) => (s.band && i ? [{ series: [i + 1, i], fill: () => washed(s.class.split(" ")[0], 0.16) }] : [])),
    hooks: { drawClear: [below(c)], draw: [above(c)], ...more.hooks },
    cursor: more.cursor,
  });

  return { options, data, at, forget };
})();
