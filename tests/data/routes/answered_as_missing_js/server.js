const express = require("express");
const { findOrder } = require("./orders");

const app = express();

app.get("/api/drafts", function drafts(req, res) {
  if (!req.user) return res.status(404).end();
  res.json([]);
});

app.get("/api/orders", function orders(req, res) {
  if (!req.session.user) return res.sendStatus(404);
  res.json([]);
});

app.get("/api/orders/:id", function order(req, res) {
  const found = findOrder(req.params.id);
  if (!found) return res.status(404).end();
  res.json(found);
});

app.get("/api/search", function search(req, res) {
  if (!req.query.text) return res.status(404).end();
  res.json([]);
});

app.listen(3000);
