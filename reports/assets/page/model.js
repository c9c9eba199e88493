// What is drawn: the block of data in the page, and what the reader chose to see of it. It draws nothing.
const model = (() => {
  let block = JSON.parse(document.getElementById("data").textContent);
  const hidden = new Map(); // by chart: the set of series that the reader has switched off
  const state = { operation: "", range: null }; // range: the stretch of time that is shown; null is all of it

  const chart = (id) => block.charts.find((c) => c.id === id);
  const off = (id) => hidden.get(id) ?? hidden.set(id, new Set()).get(id);
  const length = (c) => Math.max(0, ...c.points.map((p) => (p ? p.length : 0)));

  // Where the points of a chart lie on its axis.
  const places = (c) => c.nines ?? Array.from({ length: length(c) }, (_, i) => (i + 0.5) * block.step);

  // The whole axis of a chart, and what of it is to be seen.
  const whole = (c) => (c.nines ? [0, Math.max(1, c.nines[c.nines.length - 1] ?? 1)] : [0, Math.max(1, block.seconds)]);
  const seen = (c) => (c.nines ? whole(c) : state.range ?? whole(c));

  // The points of the operation that was chosen, where the chart has it.
  const variant = (c) => (c.variants ?? []).find((v) => v.name === state.operation);
  const value = (c, column, i) => {
    const v = column?.[i] ?? null;
    return c.log && v !== null && v <= 0 ? null : v;
  };
  const points = (c) => (variant(c) ?? c).points.map((column) => Array.from({ length: length(c) }, (_, i) => value(c, column, i)));

  // What every series is at one point.
  const at = (c, index) => (variant(c) ?? c).points.map((column) => value(c, column, index));

  // The columns to draw. Of a stack these are sums over what is switched on, from the bottom up.
  const columns = (c) => {
    const all = points(c);
    if (!c.stacked) return all;
    const sum = all.length ? all[0].map(() => 0) : [];
    return all.map((column, i) => column.map((v, k) => {
      if (v === null) return null;
      if (!off(c.id).has(i)) sum[k] += v;
      return sum[k];
    }));
  };

  // Values that have changed take the place of the old ones, from an index on; lines may grow longer.
  const splice = (to, some, from) => { if (to && some) some.forEach((v, i) => { to[from + i] = v; }); };
  const patch = (p) => {
    Object.assign(block, { seconds: p.seconds, warmup: p.warmup, late: p.late });
    for (const change of p.charts) {
      const c = chart(change.id);
      if (!c) continue;
      change.points.forEach((some, i) => splice(c.points[i], some, change.from));
      (change.variants ?? []).forEach((v, n) => v.points.forEach((some, i) => splice(c.variants[n].points[i], some, change.from)));
      if (c.heat) splice(c.heat.columns, change.heat, change.from);
    }
    return p.charts.map((change) => change.id);
  };

  return {
    state, chart, off, places, whole, seen, variant, at, columns, patch,
    replace: (other) => { block = other; },
    get step() { return block.step; },
    get warmup() { return block.warmup; },
    get late() { return block.late; },
  };
})();
