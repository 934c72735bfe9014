// Draws the figure that stands in its page as JSON. The page has an origin of its own: it reaches nothing, and its
// libraries do without eval.
const figure = document.getElementById("figure");
const spec = JSON.parse(figure.textContent);
const drawnWith = typeof Plotly === "undefined" ? "vega" : "plotly";
const at = document.getElementById("drawing");
// A sentence takes the place of the drawing, which its library may go on with out of sight.
const say = words => at.replaceWith(Object.assign(document.createElement("p"), { textContent: words }));
const fail = why => say("This figure cannot be drawn." + (why?.message ? " The library says: " + why.message.slice(0, 300) : ""));

// What a figure of Vega's would load is said in its place: it has to hold all that it shows.
const refuse = async (url, options) => {
  if (options?.context === "image" && url.startsWith("data:")) return { href: url };
  if (options?.context !== "href") say(`This figure loads ${String(url).slice(0, 200)}. A figure may show only what stands in it or in its table.`);
  throw new Error("Figures load nothing.");
};
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

if (drawnWith === "plotly") {
  const layout = { ...spec.layout, autosize: true, width: undefined, height: undefined };
  Plotly.newPlot(at, spec.data ?? [], layout, { responsive: true, displaylogo: false, showSendToCloud: false }).catch(fail);
} else {
  try {
    const lite = !/\/vega\/v/.test(spec.$schema ?? "");
    const parsed = vega.parse(lite ? vegaLite.compile(spec).spec : spec, null, { ast: true });
    new vega.View(parsed, { expr: vega.expressionInterpreter, renderer: "svg", container: at, loader }).runAsync().catch(fail);
  } catch (why) {
    fail(why);
  }
}
