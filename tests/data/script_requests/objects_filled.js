// What methods leave in their objects.
const express = require("express");
const { exec } = require("child_process");

const app = express();

class Listing {
  constructor() {
    this.parts = [];
    this.table = "";
    this.limit = 10;
  }

  where(part) {
    this.parts.push(part);
    return this;
  }

  of(table) {
    this.table = table;
    return this;
  }

  atMost(limit) {
    this.limit = Number(limit);
    return this;
  }

  line() {
    return "list orders " + this.parts.join(" ");
  }

  fromTable() {
    return `list ${this.table}`;
  }

  short() {
    return `list orders ${this.limit}`;
  }
}

app.get("/grown", (req, res) => {
  const listing = new Listing();
  listing.where(`--name ${req.query.name}`);
  exec(listing.line()); // $ alert
});

app.get("/chained", (req, res) => {
  exec(new Listing().where("open").where(req.query.name).line()); // $ alert
});

app.get("/assigned", (req, res) => {
  const listing = new Listing();
  listing.of(req.query.table);
  exec(listing.fromTable()); // $ alert
});

app.get("/replaced", (req, res) => {
  const listing = new Listing();
  listing.of(req.query.table);
  listing.of("orders");
  exec(listing.fromTable());
});

app.get("/another", (req, res) => {
  const filled = new Listing();
  const used = new Listing();
  filled.where(req.query.name);
  used.where("paid");
  exec(used.line());
});

app.get("/number", (req, res) => {
  exec(new Listing().atMost(req.query.limit).short());
});
