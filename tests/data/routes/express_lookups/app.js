const express = require('express');
const { sessions } = require('./sessions');

function validateSession(req, res) {
  let { token } = req.body || {};
  if (!token) {
    token = req.headers['x-token'];
  }
  const session = getSession(token);
  if (!session) {
    res.status(401);
    res.send({ reason: 'unauthorized' });
    return null;
  }
  if (session.expires_at <= Date.now()) {
    res.status(401);
    res.send({ reason: 'expired' });
    return null;
  }
  return session;
}

function getSession(token) {
  return sessions.first('SELECT * FROM sessions WHERE token = ?', [token]);
}

const app = express();

app.post('/change-password', (req, res) => {
  const session = validateSession(req, res);
  if (!session) return;
  res.send({ status: 'ok' });
});

app.get('/version', (req, res) => res.send('1'));
