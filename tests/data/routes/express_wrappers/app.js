const express = require("express");

const store = require("./store");

const app = express();

function withUser(handler) {
  return async (req, res) => {
    if (!req.headers.authorization) {
      return res.status(401).json({ error: "sign in first" });
    }
    return handler(req, res);
  };
}

const restrictedTo = (role) => (handler) => async (req, res, next) => {
  const user = await store.userOf(req.headers["x-token"]);
  if (!user) throw Object.assign(new Error("sign in first"), { status: 401 });
  if (user.role !== role) return res.status(403).end();
  return handler(req, res, next);
};

// tells what went wrong, asks nobody who it is
const told = (handler) => async (req, res) => {
  try {
    await handler(req, res);
  } catch (error) {
    if (error.name === "NotSignedIn") return res.status(401).end();
    res.status(500).end();
  }
};

app.post("/notes", withUser(async (req, res) => res.json(await store.add(req.body.text))));
app.delete("/notes/:id", restrictedTo("editor")(async (req, res) => res.json(await store.remove(req.params.id))));
app.post("/stars", told(async (req, res) => res.json(await store.star(req.body.id))));
app.put("/stars", told(withUser(async (req, res) => res.json(await store.star(req.body.id)))));

app.listen(3000);
