const { Router } = require("express");
const wrap = require("./wrap");

const protect = () =>
  wrap(async (req) => {
    if (!req.user) throw Object.assign(new Error("log in first"), { status: 401 });
  });

module.exports = () =>
  Router()
    .get("/:id", (req, res) => res.json({ id: req.params.id }))
    .put("/:id", protect(), (req, res) => res.json({}));
