const express = require("express");
const jwt = require("jsonwebtoken");
const { jwtVerify } = require("jose");

const app = express();
const check = (token) => jwt.verify(token, process.env.KEY);

// What verifies a token fails without one: nothing has to ask for it before.
function byCallback(req, res, next) {
  jwt.verify(req.headers["x-access-token"], process.env.KEY, (err, decoded) => {
    if (err) return res.status(401).send({ message: "Unauthorized!" });
    req.userId = decoded.id;
    next();
  });
}
function byTry(req, res, next) {
  try {
    req.user = jwt.verify(req.headers.authorization, process.env.KEY);
  } catch {
    return res.sendStatus(401);
  }
  next();
}
function handedOn(req, res, next) {
  try {
    req.user = check(req.headers.authorization);
    next();
  } catch (error) {
    next(error);
  }
}
async function awaited(req, res, next) {
  try {
    const { payload } = await jwtVerify(req.headers.authorization, KEY);
    req.user = payload;
    next();
  } catch (error) {
    res.status(403).json({ error: "no" });
  }
}
// These go on without one.
function optional(req, res, next) {
  try {
    req.user = check(req.headers.authorization);
  } catch (error) {
    req.user = null;
  }
  next();
}
function noted(req, res, next) {
  jwt.verify(req.headers.authorization, process.env.KEY, (err, decoded) => {
    if (!err) req.user = decoded;
    next();
  });
}

app.post("/a", byCallback, save);
app.post("/b", byTry, save);
app.post("/c", handedOn, save);
app.post("/d", awaited, save);
app.post("/e", optional, save);
app.post("/f", noted, save);

function save(req, res) {
  res.json(store.add(req.body));
}
