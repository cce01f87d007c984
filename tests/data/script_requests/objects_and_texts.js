const express = require("express");
const { exec } = require("child_process");
const { readPage } = require("pages");

const app = express();

class Inner {
  constructor(name) {
    this.name = name;
  }
  show() {
    exec(this.name); // $ alert
  }
}

class Outer {
  constructor(name) {
    this.inner = new Inner(name);
  }
  go() {
    this.inner.show();
  }
}

app.get("/a", (req, res) => {
  new Outer(req.query.name).go();
});

app.get("/b", (req, res) => {
  const bytes = Buffer.from(req.query.name);
  exec("ls " + bytes.toString("hex"));
  exec("ls " + bytes.toString("base64url"));
  exec("ls " + bytes.toString("utf8")); // $ alert
  exec("ls " + bytes.toString()); // $ alert
  exec("ls " + bytes.toString(req.query.encoding)); // $ alert
});

app.get("/c", async (req, res) => {
  const page = await readPage();
  exec(page.toString().replace("{name}", `-l ${req.query.name}`)); // $ alert
  exec(page.toString().replace("{name}", `-l ${Number(req.query.name)}`));
});
