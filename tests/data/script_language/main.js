const express = require("express");
const { see } = require("probe");
const A = require("./lib/a");
const B = require("./lib/b");
const C = require("./lib/c");
const { d1, d2 } = require("./lib/d");
const E = require("./lib/e");
const F = require("./lib/f");
const G = require("./lib/g");
const R = require("ramda");
const Immutable = require("immutable");
const EventEmitter = require("events");
const app = express();
app.get("/a", async (req, res) => {
  see(A.get(req.query.a), "A alias of module.exports");
  see(B.get(req.query.a), "B exports.x=module.exports=");
  see(C(req.query.a), "C module.exports = function");
  see(new C.Klass(req.query.a).value(), "C.Klass");
  see(d1(req.query.a), "d1");
  see(d2(req.query.a), "d2");
  see(E.create().run(req.query.a), "E factory closure");
  see(F.default.go(req.query.a), "F default");
  see(A.self(req.query.a), "A.self this");
});
app.get("/b", async (req, res) => {
  const { x = "d", ...rest } = req.query;
  see(x, "destr default");
  see(rest.y, "rest");
  see(`${x}`, "template");
  see(req?.query?.z, "optional chain");
  see([x, "b"].map((v) => v + 1).filter(Boolean).join(","), "map filter join");
  see(Object.entries(req.query).map(([k, v]) => `${k}=${v}`).join("&"), "entries");
  let out = "";
  for (const [k, v] of Object.entries(req.query)) out += k + v;
  see(out, "for of entries");
  let out2 = "";
  Object.keys(req.body).forEach((k) => { out2 += req.body[k]; });
  see(out2, "closure +=");
  see([..."a", ...req.query.list], "spread");
  see([req.query.q].concat(["x"])[0], "concat");
  see([["k", req.query.q]].reduce((acc, [k, v]) => { acc[k] = v; return acc; }, {}).k, "reduce to obj");
  const p = await Promise.all([1, 2].map(async (i) => req.query.q + i));
  see(p[0], "promise all map async");
  see(await new Promise((res2, rej) => { setTimeout(() => res2(req.query.q), 3); }), "promise");
  Promise.resolve(req.query.q).then((v) => v + "x").then((w) => see(w, "then chain"));
  const em = new EventEmitter();
  em.on("go", (v) => see(v, "emitter"));
  em.emit("go", req.query.q);
  let body = "";
  req.on("data", (chunk) => { body += chunk; });
  req.on("end", () => { see(JSON.parse(body).cmd, "req on data"); });
  const m = new Map(); m.set("k", req.query.q);
  see(m.get("k"), "map get");
  const s = new Set(); s.add(req.query.q);
  for (const v of s) see(v, "set iterate");
  const o = {}; o.a = { b: req.query.q };
  see(o.a.b, "nested obj");
  see(o?.a?.["b"], "nested obj2");
  const arr = []; arr.push(req.query.q);
  see(arr.join(" "), "push join");
  const { a: { b: [c0] = [] } = {} } = req.body;
  see(c0, "deep destr");
  see(String(req.query.q), "String()");
  see(req.query.q.toString().trim().split(",")[0], "split");
  see(Buffer.from(req.query.q, "base64").toString("utf8"), "buffer");
  see(decodeURIComponent(req.query.q), "decode");
  see(JSON.stringify({ a: req.query.q }), "stringify");
  see(util.format("%s", req.query.q), "util.format");
  function inner(v) { return () => v; }
  see(inner(req.query.q)(), "closure ret");
  const bound = see2.bind(null, req.query.q);
  bound();
  see((cond ? req.query.q : "x") || "y", "cond");
  see([].concat(...[req.query.q]), "concat spread");
  see(Array.from(req.query.q, (v) => v + 1)[0], "Array.from fn");
  try { throw new Error(req.query.q); } catch (e) { see(e.message, "error message"); }
  const url = new URL(req.query.u, "http://x"); see(url.searchParams.get("x"), "URL searchParams");
  see(new URLSearchParams(req.query).toString(), "usp");
  label: for (;;) { see(req.query.q, "label"); break label; }
  const gen = function* () { yield req.query.q; };
  for (const g of gen()) see(g, "generator");
  const fnMap = { run: (v) => see(v, "object table"), };
  fnMap[req.query.m](req.query.q);
  see(Reflect.get(req.query, "q"), "reflect");
  see(req["query"]["q"], "index");
  const key = "q"; see(req.query[key], "dyn index");
  const { [key]: dyn } = req.query; see(dyn, "computed destr");
});
function see2(v) { see(v, "bind"); }
const util = require("util");
app.get("/c", mw, (req, res) => { see(req.custom, "mw req.custom"); see(res.locals.v, "res.locals"); });
function mw(req, res, next) { req.custom = req.query.c; res.locals.v = req.query.c; next(); }
class Ctl { constructor() { this.svc = new Svc(); } handle = async (req, res) => { see(this.svc.run(req.query.q), "class field arrow"); }
  meth(req, res) { see(this.svc.run(req.query.q), "method"); } static st(req, res) { see(req.query.q, "static"); } }
class Svc { run(v) { return this.wrap(v); } wrap(v) { return "a" + v; } }
const ctl = new Ctl();
app.get("/d", ctl.handle); app.get("/e", ctl.meth.bind(ctl)); app.get("/f", Ctl.st); app.get("/g", (req, res) => ctl.meth(req, res));
app.get("/g", (req, res) => {
  new G.Queue().add(req.query.q);
  new G.Queue().start(req.query.q);
  see(new G.Derived(req.query.q).run(), "super.run() after super()");
  see(R.pipe(R.trim, R.toLower)(req.query.q), "what pipe() gives");
  see(Immutable.Map({ a: req.query.q }).get("a"), "Immutable");
  see(Object.groupBy([req.query.q], () => "k").k[0], "groupBy");
  const address = new URL("https://example.org");
  address.hostname = req.query.q;
  see(address.href, "part of an address");
});
