// Paths that untrusted data is part of: what leads out of a folder, what cannot.
const { see } = require("probe");
const express = require("express");
const path = require("path");
const app = express();
const ROOT = path.join(__dirname, "files");
app.get("/inside", (req, res) => {
  const x = req.query.a;
  const p = path.join(ROOT, x);
  see(p); // $ clear=dots shape="{}/{}"
  if (p.startsWith(ROOT)) see(p); // $ clear=begins clear=dots clear=path shape="{}/{}"
  const r = path.resolve(ROOT, x);
  if (!r.startsWith(ROOT)) return;
  see(r); // $ clear=begins clear=dots clear=lacks:.. clear=lookup clear=nosql clear=path open type=str untrusted
  see(x); // $ api=express.Request.query.a clear=begins clear=lookup clear=nosql clear=path open untrusted
});
app.get("/offset", (req, res) => {
  const x = req.query.a;
  const rel = path.relative(ROOT, path.join(ROOT, x));
  if (rel.startsWith('..') || path.isAbsolute(rel)) return;
  see(rel); // $ clear=dots clear=lacks:.. clear=lookup clear=nosql clear=offset clear=path clear=relative open type=str untrusted
  see(path.join(ROOT, rel)); // $ clear=dots clear=lacks:.. clear=lookup clear=nosql clear=path clear=relative shape="{}/{}"
});
app.get("/names", (req, res) => {
  const x = req.query.a;
  see(path.join(ROOT, path.normalize('/' + x))); // $ clear=dots clear=lacks:.. shape="{}//{}"
  see(path.normalize(x).replace(/^(\.\.(\/|\\|$))+/, '')); // $ clear=dots clear=lacks:.. clear=lookup clear=nosql open untrusted
  see(path.basename(x)); // $ clear=path open untrusted
  const { name, ext, dir } = path.parse(x);
  see(name + ext); // $ clear=path open untrusted
  see(dir); // $ open untrusted
  if (x.includes('..')) return;
  see(ROOT + '/' + x); // $ clear=lacks:.. shape="{}/{}"
  see(path.join(ROOT, x)); // $ clear=dots clear=lacks:.. shape="{}/{}"
});
