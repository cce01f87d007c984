// Middleware that stands last in its registration: a resource that a library makes, or nothing, comes after it.
const express = require('express');
const sessions = require('./sessions');

const app = express();

const tokenOf = (req) => req.headers.authorization?.slice(7);
const appendOwner = () => (req, res, next) => {
  try {
    req.body.owner = sessions.byToken[tokenOf(req)].user.id;
    next();
  } catch (error) {
    res.status(401).json({ error: 'log in first' });
  }
};
const login = () => (req, res, next) => {
  sessions.find(req.body.name, req.body.password)
    .then((found) => {
      if (!found) return res.status(401).end();
      res.json({ token: found.token });
    })
    .catch((error) => next(error));
};

app.post('/addresses', appendOwner());
app.put('/addresses/:id', appendOwner());
app.post('/sessions', login());
app.get('/shops', (req, res) => res.json([]));

// Whom a client says to be by its program, or where it comes from, is no credential.
const refuseBots = (req, res, next) => {
  if (/bot|crawler/i.test(req.headers['user-agent'])) return res.status(403).end();
  next();
};
const refuseStrangers = (req, res, next) => {
  if (!keys.has(req.headers['x-key'])) return res.status(403).end();
  next();
};
const keys = new Set([process.env.KEY]);
app.get('/pages/:id', refuseBots, (req, res) => res.json({}));
app.get('/reports/:id', refuseStrangers, (req, res) => res.json({}));
app.listen(3000);
app.options('/reports/admin', (req, res) => res.sendStatus(204));
