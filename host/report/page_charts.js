/* page_charts.js: charts that can be moved, drawn by dygraphs: price with trades and the strategy's own series, equity against buying and
 * holding, drawdown, exposure. All show the same time. Without dygraphs the pictures of the page stay. */
(function () {
    "use strict";
    const outcry = window.outcry, data = outcry.data, place = document.getElementById("charts");
    if (typeof Dygraph === "undefined" || data.curve.length < 2)
        return;
    document.documentElement.classList.add("hascharts");

    /* Places in a trip, as page_data.c writes them. */
    const INST = 0, SIDE = 1, ENTRY = 2, EXIT = 3, ENTRY_PRICE = 5, EXIT_PRICE = 6, NET = 7, STOP = 17;
    const MARKS_MAX = 400; /* trips in view that are drawn with their lines; more are dots */
    const MS_DAY = 86400000;
    const number = outcry.number, time = outcry.time;
    const panes = [];
    let colours = {}, isBusy = false, isLog = false;
    let market = 0; /* of data.prices */

    function readColours() {
        const style = getComputedStyle(document.documentElement);
        ["text", "soft", "line", "grid", "accent", "good", "bad", "card"].forEach(function (name) {
            colours[name] = style.getPropertyValue("--" + name).trim();
        });
    }
    readColours();
    const series = ["#b7791f", "#7c5cd6", "#0f8b8d", "#c05299", "#5a7d2b", "#3b82c4"];
    function faint(colour, share) { return "color-mix(in srgb, " + colour + " " + Math.round(100 * share) + "%, transparent)"; }
    function element(name, kind, text) {
        const made = document.createElement(name);
        if (kind) made.className = kind;
        if (text !== undefined) made.textContent = text;
        return made;
    }
    /* The row whose time is nearest. */
    function nearest(rows, ms) {
        let low = 0, high = rows.length - 1;
        while (high - low > 1) {
            const middle = (low + high) >> 1;
            if (+rows[middle][0] <= ms) low = middle;
            else high = middle;
        }
        return ms - rows[low][0] <= rows[high][0] - ms ? low : high;
    }

    /* One finger scrolls the page, two move the chart. */
    const touches = Dygraph.defaultInteractionModel, model = Object.assign({}, touches);
    ["touchstart", "touchmove", "touchend"].forEach(function (name) {
        model[name] = function (event, graph, context) {
            if (event.touches.length > 1 || context.isZooming && name !== "touchstart") touches[name](event, graph, context);
        };
    });

    function setRange(range, from) {
        if (isBusy) return;
        isBusy = true;
        panes.forEach(function (pane) {
            if (pane !== from) pane.graph.updateOptions({ dateWindow: range });
        });
        isBusy = false;
        outcry.range = range;
        if (outcry.onRange) outcry.onRange();
    }
    function look(ms) { /* what each pane says of a time */
        panes.forEach(function (pane) {
            if (ms === null || !pane.rows.length) {
                pane.said.textContent = "";
                pane.cross.style.display = "none";
                return;
            }
            const row = pane.rows[nearest(pane.rows, ms)];
            pane.said.textContent = time(+row[0]) + "  " + pane.say(row);
            const x = pane.graph.toDomXCoord(+row[0]), area = pane.graph.getArea();
            pane.cross.style.display = x >= area.x && x <= area.x + area.w ? "block" : "none";
            pane.cross.style.left = x + "px";
        });
    }

    /* keys: [name, colour] each; say: a row in words. */
    function addPane(title, keys, height, rows, say, options) {
        const box = element("div", "pane"), head = element("p", "head"), draw = element("div", "draw"), cross = element("div", "cross");
        head.appendChild(element("b", "", title));
        keys.forEach(function (key) {
            const made = element("i", "", key[0]);
            made.style.setProperty("--key", key[1]);
            head.appendChild(made);
        });
        const said = element("span", "said");
        head.appendChild(said);
        draw.style.height = height + "px";
        box.append(head, draw);
        place.appendChild(box);
        const pane = { box: box, said: said, cross: cross, rows: rows, say: say, graph: null };
        const all = Object.assign({
            labels: ["time"].concat(options.names), labelsUTC: true, legend: "never", interactionModel: model,
            axisLabelFontSize: 11, gridLineWidth: 1, strokeWidth: 1.4, fillAlpha: 0.13, highlightCircleSize: 2.5, rightGap: 8,
            axisLineColor: "transparent", gridLineColor: colours.grid, animatedZooms: false, connectSeparatedPoints: true,
            highlightCallback: function (event, x) { look(x); }, unhighlightCallback: function () { look(null); },
            drawCallback: function (graph, isFirst) {
                if (!isFirst && !isBusy) setRange(graph.xAxisRange(), pane);
            }
        }, options.more);
        all.axes = Object.assign({ y: { axisLabelWidth: 62 } }, options.more.axes);
        all.axes.y = Object.assign({ axisLabelWidth: 62, pixelsPerLabel: height < 150 ? 20 : 32 }, options.more.axes && options.more.axes.y);
        pane.graph = new Dygraph(draw, rows, all);
        draw.appendChild(cross);
        panes.push(pane);
        return pane;
    }

    /* Candles: as many neighbours together as make one of at least 4 pixels. */
    function candles(event) {
        if (event.seriesIndex !== 0) return;
        const all = event.allSeriesPoints, context = event.drawingContext, count = all[0].length;
        if (!count) return;
        const area = event.plotArea, perPoint = count > 1 ? (all[0][count - 1].canvasx - all[0][0].canvasx) / (count - 1) : area.w;
        const together = Math.max(1, Math.ceil(4 / Math.max(perPoint, 1e-9))), width = Math.max(1, Math.min(14, perPoint * together * 0.66));
        context.save();
        context.lineWidth = 1;
        for (let from = 0; from < count; from += together) {
            const to = Math.min(from + together, count) - 1;
            let high = all[1][from].canvasy, low = all[2][from].canvasy;
            for (let i = from + 1; i <= to; i++) {
                high = Math.min(high, all[1][i].canvasy);
                low = Math.max(low, all[2][i].canvasy);
            }
            const open = all[0][from].canvasy, close = all[3][to].canvasy, x = (all[0][from].canvasx + all[0][to].canvasx) / 2;
            context.strokeStyle = context.fillStyle = close <= open ? faint(colours.good, 0.62) : faint(colours.bad, 0.62);
            context.beginPath();
            context.moveTo(x, high);
            context.lineTo(x, low);
            context.stroke();
            context.fillRect(x - width / 2, Math.min(open, close), width, Math.max(1, Math.abs(close - open)));
        }
        context.restore();
    }

    /* Entries point the way of the trade, exits are dots of what came of it, lines join them, dashes are stops. */
    function drawTrips(event) {
        const graph = event.dygraph, context = event.drawingContext, area = graph.getArea(), range = graph.xAxisRange();
        const inst = data.prices[market].inst, seen = [];
        data.trips.forEach(function (trip, index) {
            if (trip[INST] === inst && trip[ENTRY] <= range[1] && (trip[EXIT] === null ? Infinity : trip[EXIT]) >= range[0]) seen.push(index);
        });
        context.save();
        context.beginPath();
        context.rect(area.x, area.y, area.w, area.h);
        context.clip();
        const few = seen.length <= MARKS_MAX, taken = new Set();
        seen.forEach(function (index) {
            const trip = data.trips[index], isPicked = index === outcry.picked;
            const x = graph.toDomXCoord(trip[ENTRY]), y = graph.toDomYCoord(trip[ENTRY_PRICE]);
            const end = trip[EXIT] === null ? null : graph.toDomXCoord(trip[EXIT]);
            const last = end === null ? null : graph.toDomYCoord(trip[EXIT_PRICE]);
            const colour = trip[NET] > 0 ? colours.good : colours.bad;
            if (isPicked) {
                context.fillStyle = faint(colours.accent, 0.1);
                context.fillRect(x, area.y, (end === null ? area.x + area.w : end) - x, area.h);
            }
            if (!few && !isPicked) { /* a dot, and not two in one place */
                const pixel = Math.round(x / 3) + ":" + Math.round(y / 4);
                if (taken.has(pixel)) return;
                taken.add(pixel);
                context.fillStyle = faint(colour, 0.55);
                context.fillRect(x - 1, y - 1, 2, 2);
                return;
            }
            if (end !== null) {
                context.strokeStyle = colour;
                context.lineWidth = isPicked ? 2 : 1;
                context.setLineDash([]);
                context.beginPath();
                context.moveTo(x, y);
                context.lineTo(end, last);
                context.stroke();
            }
            if (trip[STOP] !== null) {
                const stop = graph.toDomYCoord(trip[STOP]);
                context.strokeStyle = colours.bad;
                context.lineWidth = 1;
                context.setLineDash([4, 3]);
                context.beginPath();
                context.moveTo(x, stop);
                context.lineTo(end === null ? area.x + area.w : Math.max(end, x + 4), stop);
                context.stroke();
                context.setLineDash([]);
            }
            const up = trip[SIDE] > 0 ? 1 : -1;
            context.fillStyle = colours.accent;
            context.strokeStyle = colours.card;
            context.lineWidth = 1;
            context.beginPath();
            context.moveTo(x, y + up * 2);
            context.lineTo(x - 5, y + up * 11);
            context.lineTo(x + 5, y + up * 11);
            context.closePath();
            context.fill();
            context.stroke();
            if (end !== null) {
                context.fillStyle = colour;
                context.beginPath();
                context.arc(end, last, 4, 0, 2 * Math.PI);
                context.fill();
                context.stroke();
            }
        });
        context.restore();
    }
    const tripsPlugin = { activate: function () { return { didDrawChart: drawTrips }; } };

    function plotsOf(pane) {
        return (data.plots || []).filter(function (plot) { return plot.pane === pane && plot.inst === data.prices[market].inst; });
    }
    function labels(plots) { /* names are the strategy's own, and may be the same twice */
        return plots.map(function (plot, index) { return "plot" + index; });
    }
    const plotters = new Set((data.plots || []).map(function (plot) { return plot.strategy; }));
    if (plotters.size > 1)
        data.plots.forEach(function (plot) { plot.name = plot.strategy + " " + plot.name; });
    function line(plot, index) { return [plot.name, series[index % series.length]]; }
    /* Rows of several series that have times of their own. */
    function merged(rows, plots, width) {
        const at = new Map(), all = [];
        rows.forEach(function (row) {
            at.set(+row[0], row);
            all.push(row);
        });
        plots.forEach(function (plot, index) {
            plot.points.forEach(function (point) {
                let row = at.get(point[0]);
                if (!row) {
                    row = [new Date(point[0])];
                    for (let i = 1; i < width; i++) row.push(null);
                    at.set(point[0], row);
                    all.push(row);
                }
                row[width - plots.length + index] = point[1];
            });
        });
        return all.sort(function (a, b) { return a[0] - b[0]; });
    }
    function named(plots, row, from, digits) {
        return plots.map(function (plot, index) {
            return typeof row[from + index] === "number" ? plot.name + " " + number(row[from + index], digits) : "";
        }).filter(Boolean).join("  ");
    }

    function pricePane() {
        const prices = data.prices[market], plots = plotsOf(1), digits = prices.digits;
        const rows = merged(prices.points.map(function (point) {
            const row = [new Date(point[0]), point[1], point[2], point[3], point[4]];
            plots.forEach(function () { row.push(null); });
            return row;
        }), plots, 5 + plots.length);
        const names = ["open", "high", "low", "close"].concat(labels(plots)), own = {};
        names.slice(0, 4).forEach(function (name) { own[name] = { plotter: candles, color: colours.soft, highlightCircleSize: 0 }; });
        plots.forEach(function (plot, index) { own["plot" + index] = { color: line(plot, index)[1], strokeWidth: 1.3 }; });
        addPane(prices.symbol, plots.map(line).concat(data.trips.length ? [["entry", colours.accent], ["won", colours.good], ["lost", colours.bad]] : []),
            320, rows, function (row) {
                return (row[1] === null ? "" : "O " + number(row[1], digits) + "  H " + number(row[2], digits) + "  L " + number(row[3], digits) +
                    "  C " + number(row[4], digits) + "  ") + named(plots, row, 5, digits);
            }, { names: names, more: { series: own, plugins: [tripsPlugin], axes: { y: { valueFormatter: String, axisLabelFormatter: function (v) { return number(v, Math.min(digits, 8)); } } } } });
    }
    function ownPanes() {
        for (let pane = 2; pane <= 8; pane++) {
            const plots = plotsOf(pane);
            if (!plots.length) continue;
            const rows = merged([], plots, 1 + plots.length), own = {};
            plots.forEach(function (plot, index) { own["plot" + index] = { color: line(plot, index)[1] }; });
            addPane(plots.length === 1 ? plots[0].name : "Pane " + pane, plots.length === 1 ? [] : plots.map(line), 120, rows,
                function (row) { return named(plots, row, 1, 2); },
                { names: labels(plots), more: { series: own, axes: { x: { drawAxis: false } } } });
        }
    }
    function equityPanes() {
        const hasHold = data.curve.every(function (point) { return point[2] !== null; });
        const money = function (value) { return number(value, data.moneyScale); };
        const equity = data.curve.map(function (point) {
            return hasHold ? [new Date(point[0]), point[1], point[2]] : [new Date(point[0]), point[1]];
        });
        let peak = data.start;
        const falls = data.curve.map(function (point) {
            peak = Math.max(peak, point[1]);
            return [new Date(point[0]), peak > 0 ? 100 * (point[1] - peak) / peak : null];
        });
        const exposure = data.curve.map(function (point) { return [new Date(point[0]), point[1] > 0 ? 100 * point[3] / point[1] : null]; });
        const holdName = "holding " + (data.hold || "");
        addPane("Equity, " + data.currency, [["equity", colours.accent]].concat(hasHold ? [[holdName, colours.soft]] : []), 250, equity,
            function (row) { return money(row[1]) + (hasHold ? "  holding " + money(row[2]) : ""); },
            { names: hasHold ? ["equity", "hold"] : ["equity"], more: {
                series: { equity: { color: colours.accent, fillGraph: false, strokeWidth: 1.8 }, hold: { color: faint(colours.soft, 0.7), strokeWidth: 1.1 } },
                logscale: isLog, axes: { x: { drawAxis: false }, y: { axisLabelFormatter: function (v) { return number(v, Math.abs(v) < 100 ? 2 : 0); } } } } }).isEquity = true;
        const share = function (row) { return row[1] === null ? "n/a" : number(row[1], 2) + " %"; };
        const percent = { axisLabelFormatter: function (v) { return number(v, Math.abs(v) < 10 && v % 1 ? 1 : 0) + " %"; } };
        addPane("Drawdown", [], 110, falls, share, { names: ["fall"], more: {
            colors: [colours.bad], fillGraph: true, strokeWidth: 1.1, axes: { x: { drawAxis: false }, y: percent } } });
        addPane("Exposure, of equity", [], 130, exposure, share, { names: ["exposure"], more: {
            colors: [colours.soft], fillGraph: true, stepPlot: true, strokeWidth: 1, showRangeSelector: true, rangeSelectorHeight: 28,
            rangeSelectorPlotStrokeColor: colours.soft, rangeSelectorPlotFillColor: colours.line, rangeSelectorForegroundStrokeColor: colours.soft,
            rangeSelectorBackgroundStrokeColor: colours.line, axes: { y: percent } } });
    }
    function whole() { /* of all that is drawn */
        let from = data.curve[0][0], to = data.curve[data.curve.length - 1][0];
        data.prices.forEach(function (prices) {
            if (!prices.points.length) return;
            from = Math.min(from, prices.points[0][0]);
            to = Math.max(to, prices.points[prices.points.length - 1][0]);
        });
        return [from, to];
    }
    function draw() {
        const range = outcry.range || whole();
        panes.splice(0).forEach(function (pane) {
            pane.graph.destroy();
            pane.box.remove();
        });
        isBusy = true;
        if (data.prices.length) {
            pricePane();
            ownPanes();
        }
        equityPanes();
        isBusy = false;
        setRange(range, null);
        if (!asked) outcry.range = null;
    }

    let asked = false; /* something else than all of it is shown */
    const tools = element("div", "tools");
    function button(text, act, isSwitch) {
        const made = element("button", "", text);
        if (isSwitch) made.setAttribute("aria-pressed", "false");
        made.addEventListener("click", function () { act(made); });
        tools.appendChild(made);
    }
    if (data.prices.length > 1) {
        const choice = element("select");
        choice.setAttribute("aria-label", "Symbol");
        data.prices.forEach(function (prices) { choice.appendChild(element("option", "", prices.symbol)); });
        choice.addEventListener("change", function () {
            market = choice.selectedIndex;
            draw();
        });
        tools.appendChild(choice);
    }
    button("All", function () {
        setRange(whole(), null);
        outcry.range = null;
    });
    [["1Y", 365], ["3M", 91], ["1M", 30], ["1W", 7], ["1D", 1]].forEach(function (span) {
        const all = whole();
        if (all[1] - all[0] <= span[1] * MS_DAY) return;
        button(span[0], function () {
            const to = outcry.range ? outcry.range[1] : all[1];
            asked = true;
            setRange([to - span[1] * MS_DAY, to], null);
        });
    });
    button("Log", function (made) {
        isLog = !isLog;
        made.setAttribute("aria-pressed", String(isLog));
        panes.forEach(function (pane) {
            if (pane.isEquity) pane.graph.updateOptions({ logscale: isLog });
        });
    }, true);
    tools.appendChild(element("span", "right", "drag to zoom, double click for all; a row of the trips shows its trade"));
    place.appendChild(tools);

    outcry.onPick = function (index) {
        if (index < 0) {
            panes.forEach(function (pane) { pane.graph.updateOptions({}); });
            return;
        }
        const trip = data.trips[index], all = whole(), until = trip[EXIT] === null ? all[1] : trip[EXIT];
        const inst = data.prices.findIndex(function (prices) { return prices.inst === trip[INST]; });
        const margin = Math.max((until - trip[ENTRY]) * 0.6, (all[1] - all[0]) / 500);
        asked = true;
        outcry.range = [Math.max(all[0], trip[ENTRY] - margin), Math.min(all[1], until + margin)];
        if (inst >= 0 && inst !== market) {
            market = inst;
            const choice = tools.querySelector("select");
            if (choice) choice.selectedIndex = inst;
            draw();
        } else {
            setRange(outcry.range, null);
        }
        place.scrollIntoView({ behavior: "smooth", block: "start" });
    };
    matchMedia("(prefers-color-scheme:dark)").addEventListener("change", function () {
        readColours();
        draw();
    });
    draw();
    document.documentElement.dataset.charts = panes.length; /* how many there are, for who checks */
})();
