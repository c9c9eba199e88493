// How values are written: as the pictures of the Go half write them at their ticks, and with three figures in legends.
const text = (() => {
  const round = (v) => String(Math.round(v * 1000) / 1000);
  const grouped = (v) => v.toLocaleString("en-US", { maximumFractionDigits: 3 });
  const figures = (v) => (v < 9.995 ? v.toFixed(2) : v < 99.95 ? v.toFixed(1) : v.toFixed(0));

  const micros = (write) => (v) =>
    v === 0 ? "0" : v < 1e3 ? round(v) + " µs" : v < 1e6 ? write(v / 1e3) + " ms" : write(v / 1e6) + " s";
  const bytes = (write) => (v) =>
    v === 0 ? "0" : v < 2 ** 20 ? write(v / 2 ** 10) + " KiB" : v < 2 ** 30 ? write(v / 2 ** 20) + " MiB" : write(v / 2 ** 30) + " GiB";
  const short = (v) => (v >= 1e6 ? round(v / 1e6) + "M" : v >= 1e4 ? round(v / 1e3) + "k" : grouped(v));

  const ticks = { us: micros(round), bytes: bytes(round), share: (v) => round(100 * v) + " %", number: short };
  const values = {
    us: micros(figures), bytes: bytes(figures), share: (v) => figures(100 * v) + " %",
    number: (v) => (v >= 100 ? grouped(Math.round(v)) : round(v)),
  };

  // An instant of the time axis: 45 s, 1:30 min, 2:05 h.
  const clock = (s) => {
    const pad = (n) => String(n).padStart(2, "0");
    if (s < 60) return Math.round(s * 10) / 10 + " s";
    const whole = Math.round(s), minutes = Math.floor(whole / 60);
    if (whole < 3600) return minutes + (whole % 60 ? ":" + pad(whole % 60) : "") + " min";
    return Math.floor(whole / 3600) + (minutes % 60 ? ":" + pad(minutes % 60) : "") + " h";
  };

  // A percentile of the axis of nines: 0 %, 90 %, 99.9 %.
  const nine = (v) => (100 * (1 - 10 ** -v)).toFixed(Math.max(0, Math.ceil(v - 1e-9) - 2)) + " %";

  return {
    tick: (unit) => ticks[unit] ?? short,
    value: (unit, v) => (v === null || v === undefined ? "–" : (values[unit] ?? short)(v)),
    clock, nine,
  };
})();
