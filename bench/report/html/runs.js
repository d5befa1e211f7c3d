/* Every run in its order: what a median hides. */

const PHASES = { v: "verification", w: "warm-up", m: "measured" };

/* The runs of cases, launch by launch, in the order of the launches' beginnings. */
function runsInOrder(data, cases) {
  const launches = cases.flatMap(one => {
    let at = 0;
    return one.runs.launches.map(([session, number, side, began, count]) => {
      const first = at;
      at += count;
      return { one, session, number, side, began, first, count };
    });
  });
  launches.sort((a, b) => a.session - b.session || (a.began || 0) - (b.began || 0) || a.number - b.number);
  const runs = [];
  launches.forEach((launch, order) => {
    for (let i = launch.first; i < launch.first + launch.count; i++) {
      const { one } = launch;
      runs.push({ one, launch, order, wall: one.runs.wall[i], phase: one.runs.phases[i], isOutlier: one.runs.outliers.includes(i), steal: one.runs.steal[i] || 0 });
    }
  });
  return runs.filter(run => isKnown(run.wall));
}

/* Launches apart by shading, sessions by a line; stolen time hangs from above. */
function paintLaunches(runs, colours) {
  return painter("launches", "beforeDatasetsDraw", (chart, ctx, area) => {
    const { x } = chart.scales;
    const count = runs.length > 0 ? runs[runs.length - 1].order + 1 : 0;
    if (count <= 200) {
      ctx.fillStyle = faded(colours.soft, 0.09);
      for (let i = 0; i < runs.length;) {
        let end = i;
        while (end < runs.length && runs[end].launch === runs[i].launch) end++;
        if (runs[i].order % 2 === 1) ctx.fillRect(x.getPixelForValue(i - 0.5), area.top, x.getPixelForValue(end - 0.5) - x.getPixelForValue(i - 0.5), area.bottom - area.top);
        i = end;
      }
    }
    ctx.strokeStyle = colours.soft;
    ctx.setLineDash([5, 4]);
    runs.forEach((run, i) => {
      if (i === 0 || run.launch.session === runs[i - 1].launch.session) return;
      const at = x.getPixelForValue(i - 0.5);
      ctx.beginPath();
      ctx.moveTo(at, area.top);
      ctx.lineTo(at, area.bottom);
      ctx.stroke();
    });
    ctx.fillStyle = colours.bad;
    const wide = Math.max(1.5, (x.getPixelForValue(1) - x.getPixelForValue(0)) * 0.6);
    runs.forEach((run, i) => {
      const share = Math.min(1, run.steal / run.wall);
      if (share > 0.001) ctx.fillRect(x.getPixelForValue(i) - wide / 2, area.top, wide, Math.max(2, share * (area.bottom - area.top) * 0.25));
    });
  });
}

function runsChart(runs, median, isOne) {
  return (colours, width) => {
    const yOf = run => isOne ? run.wall : run.wall / run.one.fields.median_s;
    const measured = runs.filter(run => run.phase === "m").map(yOf).sort((a, b) => a - b);
    const tip = run => [run.one.name, `${PHASES[run.phase] || "run"}, launch ${run.launch.number}` + (run.launch.side ? ", side " + run.launch.side : ""), seconds(run.wall) + (run.isOutlier ? ", an outlier" : ""), ...(run.steal > 0 ? ["stolen: " + seconds(run.steal)] : [])];
    const points = chosen => runs.map((run, i) => ({ x: i, y: yOf(run), run })).filter(point => isKnown(point.y) && chosen(point.run)).map(({ x, y, run }) => ({ x, y, get tip() { return tip(run); } }));
    const small = runs.length > 3000 ? 1.5 : runs.length > 500 ? 2 : 3;
    const set = (label, chosen, colour, more) => ({ label, data: points(chosen), pointBackgroundColor: colour, pointBorderColor: colour, backgroundColor: colour, borderColor: colour, pointRadius: small, pointHoverRadius: small + 2, pointHitRadius: 4, normalized: true, ...more });
    const sets = [
      set("measured", run => run.phase === "m" && !run.isOutlier, colours.series[0], {}),
      set("outlier", run => run.isOutlier, colours.bad, { pointStyle: "crossRot", pointRadius: small + 2, pointBorderWidth: 2 }),
      set("warm-up and verification", run => run.phase !== "m", colours.soft, { pointBackgroundColor: colours.paper }),
    ].filter(one => one.data.length > 0);
    const line = painter("median", "beforeDatasetsDraw", (chart, ctx, area) => {
      const y = chart.scales.y.getPixelForValue(isOne ? median : 1);
      ctx.strokeStyle = colours.ink;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(area.left, y);
      ctx.lineTo(area.right, y);
      ctx.stroke();
    });
    const all = sets.flatMap(one => one.data.map(point => point.y));
    const axis = isOne ? quantityAxis("time of a run", all, { ...ofTime, width: 500 }) : quantityAxis("time of a run / the case's median", all, { width: 500 });
    if (measured.length === 0) axis.min = 0;
    return {
      type: "scatter", data: { datasets: sets }, plugins: [paintLaunches(runs, colours), line],
      options: { scales: { x: { type: "linear", min: -0.5, max: runs.length - 0.5, title: { text: "runs, in the order of their launches" }, grid: { display: false }, ticks: { precision: 0, maxRotation: 0, includeBounds: false } }, y: axis },
        plugins: { legend: { display: true } } },
    };
  };
}

function runsFigure(data, group) {
  const cases = group.cases.filter(one => isKnown(one.fields.median_s) && one.runs.kept > 0);
  if (cases.length === 0) return [];
  const choice = element("select", {}, cases.length > 1 ? element("option", { value: "" }, "all cases, each by its own median") : null,
    cases.map((one, i) => element("option", { value: String(i) }, one.name)));
  const kept = cases.reduce((sum, one) => sum + one.runs.kept, 0), of = cases.reduce((sum, one) => sum + one.runs.of, 0);
  const hasSteal = cases.some(one => Object.keys(one.runs.steal).length > 0);
  const made = figure({
    title: "Runs over time",
    note: "Every run in its order, which a median hides; shading parts the launches, the line is the median, crosses are outliers (3.5 deviations by the MAD)." + (hasSteal ? " Red from above: time that the hypervisor gave to other machines." : "") + (kept < of ? ` ${kept} of ${of} runs, evenly chosen, with the fastest and the slowest.` : ""),
    height: 340,
    controls: cases.length > 1 ? element("div", { class: "controls" }, element("label", {}, "Case: ", choice)) : null,
    make: (colours, width) => {
      const one = choice.value === "" ? null : cases[Number(choice.value)];
      return runsChart(runsInOrder(data, one ? [one] : cases), one ? one.fields.median_s : NaN, one !== null)(colours, width);
    },
    columns: [["case", false], ["launch", true], ["runs", true], ["median", true], ["fastest", true], ["slowest", true], ["outliers", true], ["stolen", true]],
    rows: launchRows(cases),
  });
  choice.addEventListener("change", () => made.picture && draw(made.picture));
  return [made];
}

/* A row a launch: what of the runs can be read in a table. */
function launchRows(cases) {
  return cases.flatMap(one => {
    let at = 0;
    return one.runs.launches.map(([, number, side, , count]) => {
      const own = Array.from({ length: count }, (_, i) => at + i).filter(i => one.runs.phases[i] === "m" && isKnown(one.runs.wall[i]));
      at += count;
      const walls = own.map(i => one.runs.wall[i]).sort((a, b) => a - b);
      const middle = walls.length === 0 ? NaN : (walls[Math.floor((walls.length - 1) / 2)] + walls[Math.ceil((walls.length - 1) / 2)]) / 2;
      return [one.name + (side ? ", side " + side : ""), String(number), String(walls.length), seconds(middle), seconds(walls[0]), seconds(walls[walls.length - 1]),
        String(own.filter(i => one.runs.outliers.includes(i)).length), seconds(own.reduce((sum, i) => sum + (one.runs.steal[i] || 0), 0))];
    });
  });
}
