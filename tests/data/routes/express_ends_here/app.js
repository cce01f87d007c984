const express = require("express");
const { checkForm: csrf } = require("./forms");

const app = express();

function adminRequired(req, res, next) {
  if (!req.session.user) {
    return res.render("notify", { error: "who are you?" });
  }
  if (!req.session.user.is_admin) {
    return res.render("notify", { error: "not you" });
  }
  next();
}

// It may let the caller through somewhere else.
function memberIfSent(req, res, next) {
  if (!req.session.user) {
    return res.locals.later(req, res, next);
  }
  next();
}

app.post("/users/:id/block", adminRequired, (req, res) => res.json(req.app.users.block(req.params.id)));
app.post("/posts", memberIfSent, (req, res) => res.json(req.app.posts.add(req.body)));
app.post("/notes", csrf, (req, res) => res.json(req.app.notes.add(req.body)));
