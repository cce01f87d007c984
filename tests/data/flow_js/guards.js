// Allow-lists, conversions and checks that end the function.
const { see } = require("probe");
const express = require("express");
const path = require("path");
const app = express();

const ALLOWED = ["name", "date"];
const SET = new Set(["a", "b"]);
const COLUMNS = { name: "users.name", date: "users.created" };

app.get("/lists", (req, res) => {
  const order = req.query.order;
  if (ALLOWED.includes(order)) see(order); // $ const="date" const="name"
  see(ALLOWED.includes(order) ? order : "name"); // $ const="date" const="name"
  if (ALLOWED.indexOf(order) !== -1) see(order); // $ const="date" const="name"
  if (ALLOWED.indexOf(order) >= 0) see(order); // $ const="date" const="name"
  if (~ALLOWED.indexOf(order)) see(order); // $ const="date" const="name"
  if (SET.has(order)) {
    see(order); // $ const="a" const="b"
  }
  if (order in COLUMNS) {
    see(order); // $ const="date" const="name"
  }
  if (Object.keys(COLUMNS).includes(order)) {
    see(order); // $ const="date" const="name"
  }
  if (COLUMNS.hasOwnProperty(order)) {
    see(order); // $ const="date" const="name"
  }
  if (Object.prototype.hasOwnProperty.call(COLUMNS, order)) {
    see(order); // $ const="date" const="name"
  }
  if (COLUMNS[order]) {
    see(order); // $ const="date" const="name"
  }
  if (ALLOWED.some((one) => one === order)) {
    see(order); // $ const="date" const="name"
  }
  see(order); // $ const="a" const="b" const="date" const="name" open untrusted api=express.Request.query.order
  if (ALLOWED.indexOf(order) === -1) {
    return res.status(400).end();
  }
  see(order); // $ const="date" const="name"
});

app.get("/same", (req, res) => {
  const { kind, other } = req.query;
  if (kind === "k" || kind === "l") {
    see(kind); // $ const="k" const="l"
  }
  switch (kind) {
    case "m":
      see(kind); // $ const="m"
      break;
    case "n":
    case "o":
      see(kind); // $ const="n" const="o"
  }
  switch (true) {
    case ALLOWED.includes(kind):
      see(kind); // $ const="date" const="name"
  }
  if (req.query.page !== "p") throw new Error();
  see(req.query.page); // $ const="p"
  const { page } = req.query;
  see(page); // $ const="p"
  if (!/^\w+$/.test(kind)) return;
  see(kind); // $ api=express.Request.query.kind clear=all const="date" const="k" const="l" const="m" const="n" const="name" const="o" open untrusted
  see(other); // $ api=express.Request.query.other open untrusted
});

app.get("/types", (req, res) => {
  const x = req.query.x;
  see(+x); // $ number type=int
  see(Number(x)); // $ number type=int
  if (typeof x === "number") {
    see(x); // $ type=int
  }
  if (Number.isInteger(x)) {
    see(x); // $ made
  }
  if (isNaN(x)) return;
  see(x); // $ made
});

app.get("/patterns", (req, res) => {
  const x = req.query.x;
  if (/^[a-z0-9-]+$/i.test(x)) {
    see(x); // $ api=express.Request.query.x clear=all open untrusted
  }
  if (x.match(/^\d+$/)) {
    see(x); // $ api=express.Request.query.x clear=all clear=lookup clear=nosql open untrusted
  }
  if (/[a-z0-9-]+/i.test(x)) {
    see(x); // $ api=express.Request.query.x clear=lookup clear=nosql open untrusted
  }
  if (/[^a-z]/.test(x)) {
    see(x); // $ api=express.Request.query.x clear=lookup clear=nosql open untrusted
  } else {
    see(x); // $ api=express.Request.query.x clear=all clear=lookup clear=nosql open untrusted
  }
  if (new RegExp("^[a-z]+$").test(x)) {
    see(x); // $ api=express.Request.query.x clear=all clear=lookup clear=nosql open untrusted
  }
  see(x.replace(/[^a-z]/g, "")); // $ clear=all clear=header clear=html clear=log clear=lookup clear=nosql clear=path open untrusted
  see(x.replace(/[^a-z]/, "")); // $ clear=lookup clear=nosql open untrusted
  see(x.replace(/&/g, "&amp;").replace(/</g, "&lt;")); // $ clear=html clear=lacks:< clear=lookup clear=nosql open untrusted
  see(x.replace("<", "&lt;")); // $ clear=lookup clear=nosql open untrusted
  see(x.replaceAll("<", "&lt;")); // $ untrusted clear=html clear=lacks:< clear=lookup clear=nosql open
  see(x.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")); // $ clear=lookup clear=nosql clear=regex open untrusted
  see(x.replace(/['\n]/g, (sign) => ({ "'": "" })[sign])); // $ clear=header clear=lacks:' clear=log clear=lookup clear=nosql open untrusted
});

function isWord(text) {
  return /^\w+$/.test(text);
}
function check(text) {
  if (!isWord(text)) throw new Error("no word");
}

app.get("/own", (req, res) => {
  if (isWord(req.query.a)) {
    see(req.query.a); // $ api=express.Request.query.a clear=all open untrusted
  }
  const b = req.query.b;
  check(b);
  see(b); // $ api=express.Request.query.b clear=all open untrusted
});

function remadeOfItself(state, found) {
  let change = null;
  if (found) {
    change = state.begin();
  }
  if (!change) {
    change = (change || state.begin()).add(found);
  }
  see(found); // $ open
  return change;
}

app.get("/masked", (req, res) => {
  const x = req.query.x;
  see(x.replace(/./g, "*")); // $ made
  see(x.replace(/[\s\S]/g, "*")); // $ made
  if (x.startsWith("https://")) see(x); // $ api=express.Request.query.x clear=undashed open untrusted
  if (!x.startsWith("-")) see(x); // $ api=express.Request.query.x clear=undashed open untrusted
  see(escape(x)); // $ clear=header clear=html clear=log clear=lookup clear=nosql clear=shell clear=sql clear=template open untrusted
});
